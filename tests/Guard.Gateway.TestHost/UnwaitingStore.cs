using System.Collections.Concurrent;
using Guard.Gateway.Audit;

namespace Guard.Gateway.TestHost;

/// <summary>
/// The mistake that the audit writer exists to prevent, as it is made for speed: it answers at once, stores in the background, and
/// what could not be stored by then is gone.
/// </summary>
internal sealed class UnwaitingStore : IAuditStore
{
    private readonly IAuditStore _inner;
    private readonly BlockingCollection<IReadOnlyList<AuditRecord>> _groups = [];
    private readonly Task _loop;

    public UnwaitingStore(IAuditStore inner)
    {
        _inner = inner;
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        _groups.Add([.. records]);
        return [.. records.Select(static _ => AppendResult.Appended)];
    }

    public void Dispose()
    {
        _groups.CompleteAdding();
        _loop.Wait();
        _inner.Dispose();
        _groups.Dispose();
    }

    private void Run()
    {
        foreach (var group in _groups.GetConsumingEnumerable())
        {
            try
            {
                _inner.Append(group);
            }
            catch (Exception)
            {
                // That is the mistake; the test is told when it has been made.
                Console.WriteLine("lost");
            }
        }
    }
}
