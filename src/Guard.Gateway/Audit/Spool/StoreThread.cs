using System.Collections.Concurrent;

namespace Guard.Gateway.Audit.Spool;

/// <summary>The one thread that waits for the store, so that who needs an answer in time need not.</summary>
/// <remarks>Work that hangs keeps the thread: it is then left behind with the process.</remarks>
internal sealed class StoreThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public StoreThread() => new Thread(Run) { IsBackground = true, Name = "audit store" }.Start();

    public Task<T> Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
