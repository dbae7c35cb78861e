using Guard.EndToEnd.Tests.StandIn;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>The audit mode records instead of blocking, where the gateway lets the agent use it, and never beneath the floor.</summary>
public sealed class ModeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public Task Bash_DeniedInAuditMode_RunsAndIsRecordedAsDenied() => PlayAsync(auditModeAllowed: true, async bench =>
    {
        bench.Folder.Put(bench.Folder.InProject("locked/keep"), "");
        var call = ToolUse.Bash("touch locked/made.txt");

        var run = await bench.RunAsync(call);

        bench.Exists("locked/made.txt").Should().BeTrue();
        var events = await bench.EventsOfAsync(run);
        events.Select(item => item.Kind).Should().Equal(AuditKinds.Decision, AuditKinds.Outcome);
        events[0].Should().BeEquivalentTo(new { Mode = Modes.Audit, Effect = Effects.Deny, Answer = Effects.Allow, Policy = "workbench", Rule = "locked" });
        events[1].TraceId.Should().Be(events[0].TraceId);
    });

    [Fact]
    public Task Write_OfTheClientsSettingsInAuditMode_IsDeniedByTheFloor() => PlayAsync(auditModeAllowed: true, async bench =>
    {
        var before = await File.ReadAllTextAsync(bench.Folder.ProjectSettings);
        var call = ToolUse.Bash("rm .claude/settings.json");

        var run = await bench.RunAsync(call);

        (await File.ReadAllTextAsync(bench.Folder.ProjectSettings)).Should().Be(before);
        (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Deny, Answer = Effects.Deny, Policy = "floor" });
    });

    [Fact]
    public Task Bash_DeniedForAnAgentWithoutAuditMode_DoesNotRun() => PlayAsync(auditModeAllowed: false, async bench =>
    {
        bench.Folder.Put(bench.Folder.InProject("locked/keep"), "");
        var call = ToolUse.Bash("touch locked/made.txt");

        var run = await bench.RunAsync(call);

        bench.Exists("locked/made.txt").Should().BeFalse();
        (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Mode = Modes.Enforce, Effect = Effects.Deny, Answer = Effects.Deny });
    });

    private Task PlayAsync(bool auditModeAllowed, Func<GuardedBench, Task> play) => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var agent = await bench.Gateway.CreateAgentAsync("auditor-" + Guid.NewGuid().ToString("N"), auditModeAllowed);
        var settings = bench.Gateway.HookConfigurationWith(settings =>
        {
            settings["apiKey"] = agent.ApiKey;
            settings["mode"] = Modes.Audit;
        });
        var file = Path.Combine(bench.Folder.Root, "hook.json");
        await File.WriteAllTextAsync(file, settings);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await bench.InitAsync("--project", "--config", file);
        await play(bench);
    });
}
