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
    public async Task Rotate_Agent_ShowsItsNewKeyOnceAndKeepsTheOldForTheOverlap()
    {
        var result = await _cli.RunAsync("agent", "rotate", "first", "--overlap", "2h");

        result.Output.Should().MatchRegex("^Agent first has a new key; those before it end [0-9-]{10} [0-9:]{8} UTC at the latest\\.\nThe new key, shown this once: guard_agent_\\S+\n$");
        await _gateway.DecideAsync("read:file", "/x");
        var shown = (await _cli.RunAsync("agent", "show", "first")).Output;
        shown.Should().MatchRegex("^Agent      first \\(id [0-9a-f-]{36}\\)\nState      active\n")
            .And.MatchRegex("\nHook       test, client claude-code\n")
            .And.MatchRegex("\n[a-z0-9]{12}  in force until [0-9-]{10} [0-9:]{8} UTC  [0-9-]{10} .*\n[a-z0-9]{12}  in force  ");
        shown.Should().NotContain(result.Output.Split('_')[^1].Trim());
    }

    [Fact]
    public async Task Rotate_WithoutOverlap_DeniesTheOldKeyAtOnce()
    {
        (await _cli.RunAsync("agent", "rotate", "first", "--overlap", "0", "--write-hook-config", "new.json")).Output
            .Should().Be("Agent first has a new key; those before it have ended.\nThe new key is in ~/project/new.json.\n");

        await _gateway.Awaiting(g => g.DecideAsync("read:file", "/x")).Should().ThrowAsync<Guard.Client.GatewayProblemException>().Where(e => e.Status == 401);
        File.Move(Path.Combine(_cli.Project, "new.json"), Path.Combine(_cli.GuardFolder, "hook.json"), overwrite: true);
        await _gateway.DecideAsync("read:file", "/x");
        (await _cli.RunAsync("agent", "show", "first")).Output.Should().MatchRegex("\n[a-z0-9]{12}  expired ");
    }

    [Fact]
    public async Task Rotate_OntoAFileThatExists_ChangesNothing()
    {
        var file = Path.Combine(_cli.GuardFolder, "hook.json");

        var result = await _cli.RunAsync("agent", "rotate", "first", "--write-hook-config", file);

        result.Should().Be(new CliResult(6, "", $"guard: {file} exists already; the keys are as they were\n"));
        JsonNode.Parse((await _cli.RunAsync("agent", "show", "first", "--json")).Output)!["keys"]!.AsArray().Should().HaveCount(1);
    }

    [Theory]
    [InlineData("31d")]
    [InlineData("soon")]
    public async Task Rotate_BadOverlap_IsUsage(string overlap) =>
        (await _cli.RunAsync("agent", "rotate", "first", "--overlap", overlap)).Should().Be(
            new CliResult(2, "", $"guard: --overlap '{overlap}' is no span of up to 30 days: state 0, or one such as 90m, 24h or 7d (see `guard agent rotate --help`)\n"));

    [Fact]
    public async Task Show_UnknownAgent_IsRefused() => (await _cli.RunAsync("agent", "show", "nobody")).ExitCode.Should().Be(6);

    [Fact]
    public async Task Create_UnknownTier_IsUsage() => (await _cli.RunAsync("agent", "create", "x", "--tier", "godlike")).ExitCode.Should().Be(2);
}
