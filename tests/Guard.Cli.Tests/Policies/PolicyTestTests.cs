using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Policies;

public sealed class PolicyTestTests : IDisposable
{
    private readonly CliHarness _cli = new();

    public PolicyTestTests()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "policies", "dev.yaml"), SamplePolicies.DevAssistant);
        CliHarness.Write(Path.Combine(_cli.Project, "broken.yaml"), SamplePolicies.Broken);
    }

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Test_DeniedByRule_ShowsRuleAndReason()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", ".env", "--policies", "policies");

        result.Should().Be(new CliResult(0, $"""
            decision  deny
            agent     dev
            access    read:file {_cli.Project}/.env
            rule      dev-assistant/credentials
            reason    Credential files are off limits.

            """, ""));
    }

    [Fact]
    public async Task Test_DeniedByDefault_ShowsTheRuleThatWouldAllow()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "write:file", "--resource", "out.txt", "--policies", "policies");

        result.Output.Should().Be($$"""
            decision  deny
            agent     dev
            access    write:file {{_cli.Project}}/out.txt
            rule      none
            reason    no rule allows `write:file ./out.txt`
            This rule, in a policy that applies to the agent, would allow it:
              - effect: allow
                actions: ["write:file"]
                conditions: { resource: { equals: "./out.txt" } }

            """);
    }

    [Theory]
    [InlineData("out.txt")]
    [InlineData("sub dir/it's \"q\".txt")]
    [InlineData("/srv/x.txt")]
    public async Task Test_TheRuleThatIsProposed_Allows(string resource)
    {
        var denied = await _cli.RunAsync("policy", "test", "dev", "write:file", "--resource", resource, "--policies", "policies");
        var rule = string.Join('\n', denied.Output.Split('\n').SkipWhile(l => !l.StartsWith("  - effect", StringComparison.Ordinal)));
        CliHarness.Write(Path.Combine(_cli.Project, "more.yaml"), "name: more\nrules:\n" + rule);

        var result = await _cli.RunAsync("policy", "test", "dev", "write:file", "--resource", resource, "--policies", "policies", "more.yaml", "--expect", "allow");

        result.Error.Should().BeEmpty();
        result.ExitCode.Should().Be(0);
    }

    [Theory]
    [InlineData("src/../.env", "deny")]
    [InlineData("~/project/.env", "deny")]
    [InlineData("src/a.cs", "allow")]
    [InlineData("./link", "deny")]
    [InlineData("/etc/passwd", "deny")]
    public async Task Test_Path_IsResolvedOnThisMachine(string resource, string effect)
    {
        File.CreateSymbolicLink(Path.Combine(_cli.Project, "link"), Path.Combine(_cli.Project, ".env"));

        (await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", resource, "--policies", "policies", "--expect", effect)).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Test_Workspace_IsWhatDotMeans()
    {
        var other = _cli.Folder("home/other");

        (await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", "a", "--workspace", other, "--policies", "policies")).Output
            .Should().Contain($"read:file {other}/a").And.StartWith("decision  allow");
        (await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", _cli.Project + "/a", "--workspace", other, "--policies", "policies", "--expect", "deny")).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task Test_Verbose_SaysForEveryRuleWhy()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", ".env", "--policies", "policies", "--verbose");

        result.Output.Should().Contain("\n  match  dev-assistant/credentials (deny): ")
            .And.Contain("dev-assistant/read-project (allow): ")
            .And.MatchRegex("\n  -      dev-assistant/ask-fetch \\(ask\\): .*read:web_fetch");
    }

    [Fact]
    public async Task Test_Tags_DecideWhatApplies()
    {
        CliHarness.Write(Path.Combine(_cli.Project, "tagged.yaml"), """
            name: tagged
            appliesTo: { tags: [ci], trustTiers: [trusted] }
            rules:
              - { effect: allow, actions: ["read:file"] }
            """);
        string[] test = ["policy", "test", "dev", "read:file", "--resource", "x", "--policies", "tagged.yaml"];

        (await _cli.RunAsync([.. test, "--tag", "ci", "--tier", "trusted", "--expect", "allow"])).ExitCode.Should().Be(0);
        (await _cli.RunAsync([.. test, "--tag", "ci", "--expect", "deny"])).ExitCode.Should().Be(0);
        (await _cli.RunAsync([.. test, "--verbose"])).Output.Should().Contain("no policy applies to this agent");
    }

    [Fact]
    public async Task Test_Tool_IsJudgedAsTheHookWouldSendIt()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "--tool", "Bash", "--input", """{"command":"cat .env"}""", "--policies", "policies");

        result.Output.Should().StartWith("decision  deny").And.Contain("rule      dev-assistant/credentials");
    }

    [Fact]
    public async Task Test_ShellLine_IsTakenApart()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "execute:shell", "--resource", "rm -rf /", "--policies", "policies");

        result.Output.Should().StartWith("decision  deny").And.Contain("rule      floor/");
    }

    [Fact]
    public async Task Test_Expect_TurnsTheDecisionIntoAnExitCode()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "read:web_fetch", "--resource", "https://a.example/", "--policies", "policies", "--expect", "allow");

        result.ExitCode.Should().Be(1);
        result.ErrorLine.Should().Be("guard: expected allow, decided ask");
    }

    [Fact]
    public async Task Test_Json_HoldsDecisionAccessesAndTrace()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", ".env", "--policies", "policies", "--json", "--verbose");

        var report = JsonNode.Parse(result.Output)!;
        report["effect"]!.GetValue<string>().Should().Be("deny");
        report["rule"]!.GetValue<string>().Should().Be("credentials");
        report["accesses"]![0]!["real"]!.GetValue<string>().Should().Be(_cli.Project + "/.env");
        report["trace"]!.AsArray().Should().HaveCountGreaterThan(2);
    }

    [Fact]
    public async Task Test_AtTheGateway_SaysTheSameAsHere()
    {
        await using var gateway = await RunningGateway.StartAsync(_cli, "--policies", "policies", "--agent", "dev");
        foreach (var resource in (string[])[".env", "a.cs", "/etc/passwd", ".claude/settings.json"])
        {
            string[] test = ["policy", "test", "dev", "read:file", "--resource", resource, "--verbose", "--json"];
            var there = JsonNode.Parse((await _cli.RunAsync(test)).Output)!.AsObject();
            var here = JsonNode.Parse((await _cli.RunAsync([.. test, "--policies", "policies"])).Output)!.AsObject();
            there.Remove("bundle");
            here.Remove("bundle");

            there.ToJsonString().Should().Be(here.ToJsonString());
        }

        (await _cli.RunAsync("audit", "query", "--json", "--tool", "guard-policy-test")).Output.Should().BeEmpty("a trial is not recorded");
    }

    [Fact]
    public async Task Test_UnknownAgentAtTheGateway_IsRefused()
    {
        await using var gateway = await RunningGateway.StartAsync(_cli);

        var result = await _cli.RunAsync("policy", "test", "nobody", "read:file", "--resource", "x");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("nobody");
    }

    [Fact]
    public async Task Test_BrokenPolicies_AreADocumentError()
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "read:file", "--resource", "x", "--policies", "broken.yaml");

        result.ExitCode.Should().Be(3);
        result.Error.Should().StartWith("broken.yaml:3:").And.EndWith("guard: 1 error: nothing was tried\n");
    }

    [Theory]
    [InlineData("guard: with --resource an agent and an action are needed: guard policy test AGENT ACTION --resource R", "dev", "--resource", "x")]
    [InlineData("guard: with --tool an agent and an input are needed: guard policy test AGENT --tool T --input JSON", "dev", "--tool", "Bash")]
    [InlineData("guard: --tool and --resource exclude each other", "dev", "--tool", "Bash", "--resource", "x")]
    [InlineData("guard: what is `read:file` about? Add --resource R", "dev", "read:file")]
    [InlineData("guard: --expect needs --resource or --tool; suites state such things themselves", "policies", "--expect", "allow")]
    [InlineData("guard: --tag and --tier are for --policies; the gateway knows its agents", "dev", "read:file", "--resource", "x", "--tag", "t")]
    [InlineData("guard: --policies and --gateway exclude each other", "dev", "read:file", "--resource", "x", "--policies", "policies", "--gateway", "unix:/x")]
    public async Task Test_BadUsage_IsOneLine(string line, params string[] args) =>
        (await _cli.RunAsync(["policy", "test", .. args])).Should().Be(new CliResult(2, "", line + "\n"));

    [Theory]
    [InlineData("not json")]
    public async Task Test_InputThatIsNone_IsUsage(string input)
    {
        var result = await _cli.RunAsync("policy", "test", "dev", "--tool", "Bash", "--input", input, "--policies", "policies");

        result.ExitCode.Should().Be(2);
        result.ErrorLine.Should().StartWith("guard: --input: ");
    }
}
