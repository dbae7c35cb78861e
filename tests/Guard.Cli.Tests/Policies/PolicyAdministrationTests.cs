using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Policies;

public sealed class PolicyAdministrationTests : IAsyncLifetime
{
    private readonly CliHarness _cli = new();
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev.yaml"), SamplePolicies.DevAssistant);
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev_test.yaml"), "not a policy");
        CliHarness.Write(Path.Combine(_cli.Project, "broken.yaml"), SamplePolicies.Broken);
        _gateway = await RunningGateway.StartAsync(_cli);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _cli.Dispose();
    }

    [Fact]
    public async Task Apply_Folder_PutsItsPoliciesInForce()
    {
        var result = await _cli.RunAsync("policy", "apply", "policies", "-m", "first");

        result.ExitCode.Should().Be(0);
        result.Output.Should().MatchRegex("dev-assistant +1 +3 +").And.Contain("In force: bundle sha256:");
        (await _cli.RunAsync("policy", "list")).Output.Should().MatchRegex("dev-assistant +1 +3 +.*For tests");
        (await _gateway.DecideAsync("read:file", _cli.Project + "/.env")).Rule.Should().Be("credentials");
    }

    [Fact]
    public async Task Apply_BrokenDocument_ShowsPlaceAndKeepsTheBundle()
    {
        await _cli.RunAsync("policy", "apply", "policies");
        var before = (await _cli.RunAsync("policy", "list", "--json")).Output;

        var result = await _cli.RunAsync("policy", "apply", "broken.yaml", "policies");

        result.ExitCode.Should().Be(3);
        result.Error.Should().MatchRegex("^broken.yaml:3:[0-9]+ GRD[0-9]+ error: .*perhaps.*\\(.*\\)\nguard: .*\n$");
        (await _cli.RunAsync("policy", "list", "--json")).Output.Should().Be(before);
    }

    [Fact]
    public async Task Show_Policy_GivesTheDocumentBackByteForByte()
    {
        await _cli.RunAsync("policy", "apply", "policies/dev.yaml");

        (await _cli.RunAsync("policy", "show", "dev-assistant")).Output.Should().Be(SamplePolicies.DevAssistant);
    }

    [Fact]
    public async Task Remove_Policy_TakesItOutOfForce()
    {
        await _cli.RunAsync("policy", "apply", "policies");

        var result = await _cli.RunAsync("policy", "remove", "dev-assistant");

        result.Output.Should().Be("Policy dev-assistant is no longer in force.\nNo policy is in force: every tool call that needs an allow is denied.\n");
        var again = await _cli.RunAsync("policy", "remove", "dev-assistant");
        again.ExitCode.Should().Be(6);
        again.ErrorLine.Should().Contain("dev-assistant").And.Contain("404");
        JsonNode.Parse((await _cli.RunAsync("policy", "list", "--json")).Output)!["policies"]!.AsArray().Should().BeEmpty();
    }
}
