namespace Guard.Gateway.Storage;

/// <summary>What a store needs done beside its use, by itself until it is disposed of.</summary>
internal interface IStoreUpkeep : IAsyncDisposable
{
    void Start();
}

/// <summary>A store that looks after itself.</summary>
internal sealed class NoUpkeep : IStoreUpkeep
{
    public void Start()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
