namespace Guard.Cli.Tests.Audit;

/// <summary>For tests of the record: a gateway with the agent <c>dev</c> and <see cref="SamplePolicies.DevAssistant"/>.</summary>
public abstract class RecordedGateway : IAsyncLifetime
{
    private protected readonly CliHarness _cli = new();
    private protected RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev.yaml"), SamplePolicies.DevAssistant);
        _gateway = await RunningGateway.StartAsync(_cli, "--policies", "policies", "--agent", "dev");
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _cli.Dispose();
    }
}
