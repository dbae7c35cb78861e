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
        (await _cli.RunAsync("agent", "list")).Output.Should().MatchRegex("ci +active +trusted +ci, nightly +never +ops +\\S+\n").And.NotContain(result.Output.Split('_')[^1].Trim());
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
        settings["stateDirectory"]!.GetValue<string>().Should().Be(_cli.GuardFolder + "/state");
        settings["caFile"].Should().BeNull("the connection names none");
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

    [Fact]
    public async Task Create_WithScopeAndEnd_MakesAKeyThatCanDoNoMore()
    {
        var result = await _cli.RunAsync("agent", "create", "reporter", "--scope", "outcomes", "--expires", "90d", "--json", "--ca-file", "/no/ca.pem");
        result.ExitCode.Should().Be(6, "the authorities are read before anything is made");

        await _cli.RunAsync("agent", "create", "reporter", "--scope", "outcomes", "--expires", "90d");

        (await _cli.RunAsync("agent", "show", "reporter")).Output.Should().MatchRegex("\n[a-z0-9]{12}  in force until [0-9-]{10} .* UTC  outcomes\n$");
    }

    [Fact]
    public async Task Set_ChangesWhatIsStatedAlone()
    {
        await _cli.RunAsync("agent", "create", "ci", "--tag", "ci", "--tier", "trusted", "--owner", "ops");

        var result = await _cli.RunAsync("agent", "set", "ci", "--tag", "nightly", "--tag", "build", "--audit-mode", "yes");

        result.Output.Should().Be("Agent ci: owner ops, tier trusted, tags nightly, build, audit mode allowed.\n");
        (await _cli.RunAsync("agent", "set", "ci", "--no-tags", "--owner", "dev", "--tier", "verified", "--audit-mode", "no")).Output
            .Should().Be("Agent ci: owner dev, tier verified, tags none, audit mode not allowed.\n");
        (await _cli.RunAsync("audit", "query", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!["change"])
            .Where(c => c?["operation"]?.GetValue<string>() == "agent.update").Select(c => c!["detail"]!.GetValue<string>()[41..])
            .Should().Equal("tags [nightly build], audit mode allowed", "owner dev, tags [], tier verified, audit mode not allowed");
    }

    [Theory]
    [InlineData("guard: nothing to change: state --tag, --no-tags, --tier, --owner or --audit-mode (see `guard agent set --help`)", "set", "first")]
    [InlineData("guard: --tag and --no-tags exclude each other (see `guard agent set --help`)", "set", "first", "--tag", "x", "--no-tags")]
    [InlineData("guard: --expires '2001-01-01' is no time to come: state a span such as 90d or 12w, or a date such as 2026-12-31 (see `guard agent create --help`)", "create", "x", "--expires", "2001-01-01")]
    public async Task Agent_BadUsage_IsOneLine(string line, params string[] args) =>
        (await _cli.RunAsync(["agent", .. args])).Should().Be(new CliResult(2, "", line + "\n"));

    [Fact]
    public async Task Revoke_OneKey_LeavesTheOthersInForce()
    {
        var first = JsonNode.Parse((await _cli.RunAsync("agent", "show", "first", "--json")).Output)!["keys"]![0]!["prefix"]!.GetValue<string>();
        var second = JsonNode.Parse((await _cli.RunAsync("agent", "rotate", "first", "--json")).Output)!["apiKey"]!.GetValue<string>().Split('_')[2];

        (await _cli.RunAsync("agent", "revoke", "first", "--key", second)).Output.Should().Be($"Key {second} of agent first is revoked; in force stay {first}.\n");
        await _gateway.DecideAsync("read:file", "/x");
        (await _cli.RunAsync("agent", "revoke", "first", "--key", first)).Output.Should().Be($"Key {first} of agent first is revoked; it has no other in force.\n");
        await _gateway.Awaiting(g => g.DecideAsync("read:file", "/x")).Should().ThrowAsync<Guard.Client.GatewayProblemException>().Where(e => e.Problem.Code == "key-revoked");
        (await _cli.RunAsync("agent", "revoke", "first", "--key", first)).ErrorLine.Should().Contain("key-absent");
    }

    [Fact]
    public async Task List_ShowsClientAndHookOfTheLastCall()
    {
        await _gateway.DecideAsync("read:file", "/x");

        (await _cli.RunAsync("agent", "list")).Output.Should().MatchRegex("LAST SEEN \\(UTC\\) +OWNER +KEYS +CLIENT +HOOK\n").And.MatchRegex("first .* claude-code +test\n");

        _cli.IsTerminal = true;
        _cli.Set("NO_COLOR", "1");
        _cli.Width = 80;
        var narrow = (await _cli.RunAsync("agent", "list")).Output.TrimEnd('\n').Split('\n');
        narrow[0].Should().MatchRegex("^NAME +STATE +TIER +TAGS +LAST SEEN");
        narrow.Should().HaveCount(2).And.OnlyContain(l => l.Length <= 80);
    }
}
