namespace Guard.Gateway.Storage;

/// <summary>A store that looks after itself.</summary>
internal sealed class NoUpkeep : IStoreUpkeep
{
    public void Start()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
