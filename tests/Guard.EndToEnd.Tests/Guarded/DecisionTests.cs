using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>What policy decides is what the real client does, whatever its own permissions say, and it stands in the audit.</summary>
public sealed class DecisionTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    public static TheoryData<string> Tools => ToolCase.Names;

    [Fact]
    public Task Bash_Allowed_RunsAndLeavesDecisionAndOutcomeUnderOneTrace() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Bash("touch allowed.txt");

        var run = await bench.RunAsync(call);

        bench.Exists("allowed.txt").Should().BeTrue();
        run.ResultOf(call).IsError.Should().BeFalse();
        var events = await bench.EventsOfAsync(run);
        events.Select(item => item.Kind).Should().Equal(AuditKinds.Decision, AuditKinds.Outcome);
        events.Should().OnlyContain(item => item.ToolUseId == call.Id && item.TraceId == events[0].TraceId && item.TraceId != null);
        events[0].Should().BeEquivalentTo(new
        {
            Tool = "Bash",
            Effect = Effects.Allow,
            Answer = Effects.Allow,
            Policy = "workbench",
            Rule = "commands",
            SessionId = run.SessionId,
        });
        events[1].Outcome!.Result.Should().Be(Outcomes.Succeeded);
        events.Should().OnlyContain(item => item.ClientVersion != null && item.ClientVersion.StartsWith("2."), "the client tells its version");
    });

    [Fact]
    public Task Bash_AllowedAndFailing_IsRecordedAsFailed() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Bash("ls no-such-file");

        var run = await bench.RunAsync(call);

        var events = await bench.EventsOfAsync(run);
        events.Should().HaveCount(2);
        events[1].TraceId.Should().Be(events[0].TraceId);
        events[1].Outcome!.Should().BeEquivalentTo(new { Result = Outcomes.Failed, ExitCode = 2 });
    });

    [Fact]
    public Task Files_Allowed_AreWrittenAndEdited() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var path = bench.Folder.InProject("src/notes.txt");
        var write = ToolUse.Write(path, "before\n");
        var edit = ToolUse.Edit(path, "before", "after");

        var run = await bench.RunAsync(write, edit);

        (await File.ReadAllTextAsync(path)).Should().Be("after\n");
        (await bench.DecisionOnAsync(run, edit)).Should().BeEquivalentTo(new { Effect = Effects.Allow, Action = "write:file", Rule = "files" });
    });

    [Fact]
    public Task SubagentsBash_Allowed_RunsAndIsRecordedAsTheSubagents() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var agent = ToolUse.Agent(ModelScript.SubagentPrompt);
        var call = ToolUse.Bash("touch from-subagent.txt");

        var run = await bench.RunAsync(ModelScript.Asking(agent).WithSubagent(call), ClientOptions.SkipPermissions);

        bench.Exists("from-subagent.txt").Should().BeTrue();
        (await bench.DecisionOnAsync(run, agent)).Should().BeEquivalentTo(new { Effect = Effects.Allow, Action = "delegate:agent", Rule = "helpers", SubagentId = (string?)null });
        var decision = await bench.DecisionOnAsync(run, call);
        decision.Effect.Should().Be(Effects.Allow);
        decision.SubagentId.Should().NotBeNullOrEmpty();
        decision.SubagentType.Should().Be("general-purpose");
    });

    [Theory]
    [MemberData(nameof(Tools))]
    public Task Tool_DeniedByPolicy_DoesNotRunAlthoughPermissionsAreSkipped(string tool) =>
        PlayDeniedAsync(tool, ClientOptions.SkipPermissions);

    [Theory]
    [InlineData("Bash")]
    [InlineData("Write")]
    public Task Tool_DeniedByPolicyAndAllowedByTheClientsPermissions_DoesNotRun(string tool) =>
        PlayDeniedAsync(tool, ClientOptions.DefaultPermissions.With(["--allowedTools", tool]));

    [Fact]
    public Task Write_NoRuleAllows_DoesNotRunAndTheReasonNamesTheMissingRule() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var outside = Path.Combine(bench.Folder.Root, "outside.txt");
        var call = ToolUse.Write(outside, "text");

        var run = await bench.RunAsync(call);

        File.Exists(outside).Should().BeFalse();
        run.ResultOf(call).Text.Should().Contain("guard: denied: no rule allows `write:file " + outside);
        (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Deny, Policy = (string?)null, Rule = (string?)null });
    });

    [Fact]
    public Task Bash_SeveralCommandsInALine_DoNotRunOnAnAllowForTheFirst() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Bash("touch one.txt; chmod 600 one.txt");

        await bench.RunAsync(call);

        bench.Exists("one.txt").Should().BeFalse();
    });

    [Fact]
    public Task Bash_SeveralCommandsInALine_RunWhenEachIsAllowed() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Bash("touch one.txt && touch two.txt");

        await bench.RunAsync(call);

        bench.Exists("one.txt").Should().BeTrue();
        bench.Exists("two.txt").Should().BeTrue();
    });

    private Task PlayDeniedAsync(string tool, ClientOptions options) => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var toolCase = ToolCase.Create(tool, bench.Folder);

        var run = await bench.RunAsync(toolCase.Script(), options.With(toolCase.Arguments));

        toolCase.Ran(run).Should().BeFalse();
        var decision = await bench.DecisionOnAsync(run, toolCase.Call);
        decision.Should().BeEquivalentTo(new { Effect = Effects.Deny, Answer = Effects.Deny, Policy = "workbench", toolCase.Rule });
        var read = run.ResultOf(toolCase.Call);
        read.IsError.Should().BeTrue();
        read.Text.Should().Contain($"guard: denied by policy workbench, rule {toolCase.Rule}: {decision.Reason} (trace {decision.TraceId})");
        (await bench.EventsOfAsync(run)).Should().NotContain(item => item.Kind == AuditKinds.Outcome && item.ToolUseId == toolCase.Call.Id);
    });
}
