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

    [Theory]
    [InlineData("", "    defaults: { unknown_tools: allow }\n")]
    [InlineData("defaults: { default_approval_workflow: ops }\n", "    defaults: { unknown_tools: allow, default_approval_workflow: ops }\n")]
    [InlineData("defaults: { unknown_tools: deny }\n", null)]
    public async Task Apply_ToolsWithoutAWordOnOthers_ShowsTheLineThatWouldAllowThem(string defaults, string? line)
    {
        var path = Path.Combine(_cli.Project, "tools.yaml");
        var document = $"metadata: {{ name: some-tools }}\napproval_workflows: [ {{ name: ops, approvers: [ {{ user: a }} ] }} ]\ntools: [ {{ name: read }}, {{ name: bash, approval_workflow: ops }} ]\n";
        CliHarness.Write(path, document + defaults);

        var result = await _cli.RunAsync("policy", "apply", "tools.yaml");

        result.ExitCode.Should().Be(0, result.Error);
        if (line is null)
        {
            result.Output.Should().NotContain("unknown_tools");
            return;
        }

        result.Output.Should().Contain("some-tools says nothing of tools that it does not list: they are denied").And.Contain(line);
        (await _gateway.DecideAsync("invoke:mcp__x__y", "{}")).Effect.Should().Be("deny");
        CliHarness.Write(path, document + line.Trim() + "\n");
        (await _cli.RunAsync("policy", "apply", "tools.yaml")).ExitCode.Should().Be(0);
        (await _gateway.DecideAsync("invoke:mcp__x__y", "{}")).Effect.Should().Be("allow");
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

    [Fact]
    public async Task History_OfAPolicy_ShowsWhoWhenAndWhy_AndTheWayBack()
    {
        var path = Path.Combine(_cli.Project, "policies", "dev.yaml");
        await _cli.RunAsync("policy", "apply", "policies", "-m", "first");
        File.WriteAllText(path, SamplePolicies.DevAssistant + "\n  - { id: added, effect: deny, actions: [\"read:env\"], reason: No. }\n");
        await _cli.RunAsync("policy", "apply", "policies", "-m", "keep the environment");

        (await _cli.RunAsync("policy", "history", "dev-assistant")).Output.Should().MatchRegex("(?s)REVISION.*\n *2 .* 4 +keep the environment\n *1 .* 3 +first\n");
        var diff = await _cli.RunAsync("policy", "diff", "dev-assistant");
        diff.Output.Should().StartWith("--- dev-assistant revision 1\n+++ dev-assistant revision 2\n").And.Contain("\n+  - { id: added, effect: deny").And.NotMatchRegex("\n-[^-]");

        var back = await _cli.RunAsync("policy", "rollback", "dev-assistant", "--to", "1", "-m", "too strict");
        back.ExitCode.Should().Be(0);
        back.Output.Should().StartWith("Policy dev-assistant is what it was in revision 1, now revision 3. In force: bundle sha256:");
        (await _cli.RunAsync("policy", "show", "dev-assistant")).Output.Should().Be(SamplePolicies.DevAssistant);
        (await _cli.RunAsync("policy", "history", "dev-assistant")).Output.Should().Contain("back to revision 1: too strict");
        (await _cli.RunAsync("policy", "diff", "dev-assistant", "--from", "1", "--to", "3")).Output.Should().Be("Revisions 1 and 3 of dev-assistant are the same.\n");
    }

    [Fact]
    public async Task History_OfWhatWasNeverApplied_IsOneLine()
    {
        var history = await _cli.RunAsync("policy", "history", "nothing");
        var rollback = await _cli.RunAsync("policy", "rollback", "nothing", "--to", "7");

        history.ExitCode.Should().Be(6);
        history.ErrorLine.Should().Contain("nothing").And.Contain("404");
        rollback.ExitCode.Should().Be(6);
    }

    [Fact]
    public async Task DryRun_OfAWiderPolicy_ShowsTheNewlyAllowedFirst_AndAppliesNothing()
    {
        await _cli.RunAsync("policy", "apply", "policies");
        var before = (await _cli.RunAsync("policy", "list", "--json")).Output;
        CliHarness.Write(Path.Combine(_cli.Project, "more.yaml"), """
            name: more
            rules:
              - { id: uploads, effect: allow, actions: ["write:web"], conditions: { resource: { host: files.example } } }
              - { id: source, effect: deny, actions: ["read:file"], conditions: { resource: { matches: "./src/**" } }, reason: No. }
            """);

        var result = await _cli.RunAsync("policy", "apply", "more.yaml", "--dry-run");

        result.ExitCode.Should().Be(0);
        result.Output.Should().StartWith("newly allowed: write:web https://files.example/ ").And.Contain("before deny by no rule, after allow by more/uploads").And.Contain("\nallow -> deny: read:file /home/dev/app/src/").And.EndWith("Nothing was applied.\n");
        (await _cli.RunAsync("policy", "list", "--json")).Output.Should().Be(before);
        (await _cli.RunAsync("policy", "apply", "policies", "--dry-run")).Output.Should().StartWith("Nothing of ");
        (await _cli.RunAsync("policy", "apply", "broken.yaml", "--dry-run")).ExitCode.Should().Be(3);
    }
}
