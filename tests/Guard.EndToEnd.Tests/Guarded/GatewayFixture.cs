namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>One gateway for the tests of a class that leave it as it is; they tell their events apart by session.</summary>
public class GatewayFixture : IAsyncLifetime
{
    private readonly string _policy;
    private Gateway? _gateway;

    public GatewayFixture()
        : this("workbench")
    {
    }

    private protected GatewayFixture(string policy) => _policy = policy;

    internal Gateway Gateway => _gateway ?? throw new InvalidOperationException("The gateway is not started.");

    public async Task InitializeAsync() => _gateway = await Gateway.StartAsync(_policy);

    public async Task DisposeAsync()
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();
    }
}

/// <summary>A gateway whose only policy allows everything, so that what is denied is denied by the floor.</summary>
public sealed class PermissiveGatewayFixture() : GatewayFixture("permissive");
