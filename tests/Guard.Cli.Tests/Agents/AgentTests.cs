using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Agents;

public sealed class AgentTests : IAsyncLifetime
{
    private readonly CliHarness _cli = new();
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync(_cli, "--agent", "first");

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _cli.Dispose();
    }

    [Fact]
    public async Task Create_Agent_ShowsItsKeyOnce()
    {
        var result = await _cli.RunAsync("agent", "create", "ci", "--tag", "ci", "--tag", "nightly", "--tier", "trusted", "--owner", "ops");

        result.ExitCode.Should().Be(0);
        result.Output.Should().StartWith("Agent ci is made (owner ops, tier trusted, tags ci, nightly).\nIts key, shown this once: guard_agent_");
        (await _cli.RunAsync("agent", "list")).Output.Should().MatchRegex("ci +active +trusted +ci, nightly +ops +\\S+ +never").And.NotContain(result.Output.Split('_')[^1].Trim());
    }

    [Fact]
    public async Task Create_WithHookConfig_WritesTheKeyThereAlone()
    {
        var file = Path.Combine(_cli.Home, "ci-hook.json");

        var result = await _cli.RunAsync("agent", "create", "ci", "--write-hook-config", file);

        result.Output.Should().NotContain("guard_agent_").And.Contain("Its key is in ~/ci-hook.json");
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var settings = JsonNode.Parse(File.ReadAllText(file))!;
        settings["apiKey"]!.GetValue<string>().Should().StartWith("guard_agent_");
        settings["gatewayUrl"]!.GetValue<string>().Should().Be($"unix:{_cli.GuardFolder}/gateway.sock");
        settings["agentName"]!.GetValue<string>().Should().Be("ci");
        var again = await _cli.RunAsync("agent", "create", "ci2", "--write-hook-config", file);
        again.Should().Be(new CliResult(6, "", $"guard: {file} exists already; no agent was made\n"));
        (await _cli.RunAsync("agent", "list")).Output.Should().NotContain("ci2");
    }

    [Fact]
    public async Task Create_Json_HoldsTheKeyUnlessItIsInAFile()
    {
        JsonNode.Parse((await _cli.RunAsync("agent", "create", "a", "--json")).Output)!["apiKey"]!.GetValue<string>().Should().StartWith("guard_agent_");
        (await _cli.RunAsync("agent", "create", "b", "--json", "--write-hook-config", "b.json")).Output.Should().NotContain("guard_agent_");
    }

    [Fact]
    public async Task Create_NameTaken_IsRefused()
    {
        var result = await _cli.RunAsync("agent", "create", "first");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("first").And.Contain("status 409");
    }

    [Fact]
    public async Task Revoke_Agent_DeniesItsNextCall()
    {
        var result = await _cli.RunAsync("agent", "revoke", "first");

        result.Output.Should().Be("Agent first is revoked: its calls are denied from now on.\n");
        await _gateway.Awaiting(g => g.DecideAsync("read:file", "/x")).Should().ThrowAsync<Guard.Client.GatewayProblemException>().Where(e => e.Status == 401);
        (await _cli.RunAsync("agent", "list")).Output.Should().MatchRegex("first +revoked");
        JsonNode.Parse((await _cli.RunAsync("agent", "list", "--json")).Output)!["agents"]![0]!["revokedAt"].Should().NotBeNull();
    }

    [Fact]
    public async Task Revoke_UnknownAgent_IsRefused()
    {
        var result = await _cli.RunAsync("agent", "revoke", "nobody");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("nobody").And.Contain("status 404");
    }

    [Fact]
    public async Task Create_UnknownTier_IsUsage() => (await _cli.RunAsync("agent", "create", "x", "--tier", "godlike")).ExitCode.Should().Be(2);
}
