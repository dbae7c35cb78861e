using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;

namespace Guard.Gateway.Tests.Stores;

/// <summary>Tests that hold for every store; a class for each store runs them.</summary>
public abstract class StoreTests(StoreKind kind)
{
    private protected StoreKind Kind { get; } = kind;

    /// <summary>A gateway with an empty store of its own.</summary>
    private protected Task<TestGateway> StartAsync(string? policy = Some.Policy, Func<GatewayOptions, GatewayOptions>? adjust = null, Func<IAuditStore, IAuditStore>? store = null) =>
        TestGateway.StartAsync(policy, adjust, store, Kind);
}
