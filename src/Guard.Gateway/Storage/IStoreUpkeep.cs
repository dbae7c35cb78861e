namespace Guard.Gateway.Storage;

/// <summary>What a store needs done beside its use, by itself until it is disposed of.</summary>
internal interface IStoreUpkeep : IAsyncDisposable
{
    void Start();
}
