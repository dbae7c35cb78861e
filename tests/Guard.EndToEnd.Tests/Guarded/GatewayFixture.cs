namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>One gateway for the tests of a class that leave it as it is; they tell their events apart by session.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private Gateway? _gateway;

    internal Gateway Gateway => _gateway ?? throw new InvalidOperationException("The gateway is not started.");

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync();

    public async Task DisposeAsync()
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();
    }
}
