namespace Guard.Gateway.Hosting;

/// <summary>Things to end in the reverse order of their making, also when making the next one fails.</summary>
internal sealed class Disposables : IAsyncDisposable
{
    private readonly Stack<object> _made = new();

    public T Add<T>(T made)
        where T : class
    {
        _made.Push(made);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        while (_made.TryPop(out var made))
        {
            switch (made)
            {
                case IAsyncDisposable asynchronous:
                    await asynchronous.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }
}
