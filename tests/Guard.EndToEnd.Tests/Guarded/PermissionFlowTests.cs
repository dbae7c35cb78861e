using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>How Guard's answers meet the client's own permissions, which in print mode refuse what they would ask a person.</summary>
public sealed class PermissionFlowTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Fact]
    public Task Bash_AllowedWithoutGrant_StillMeetsTheClientsPermissions() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Bash("touch plain.txt");

        var run = await bench.RunAsync(ModelScript.Asking(call), ClientOptions.DefaultPermissions);

        bench.Exists("plain.txt").Should().BeFalse();
        run.ResultOf(call).Text.Should().NotContain("guard:");
        (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Allow, Granted = false });
    });

    [Fact]
    public Task Bash_AllowedWithGrant_RunsWithoutTheClientsPermissions() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Bash("mkdir granted");

        var run = await bench.RunAsync(ModelScript.Asking(call), ClientOptions.DefaultPermissions);

        bench.Exists("granted").Should().BeTrue();
        (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Allow, Granted = true });
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Bash_PolicyAsks_DoesNotRunWhereNobodyCanAnswer(bool skipPermissions) => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Bash("touch ask-first.txt");

        var run = await bench.RunAsync(
            ModelScript.Asking(call),
            skipPermissions ? ClientOptions.SkipPermissions : ClientOptions.DefaultPermissions);

        bench.Exists("ask-first.txt").Should().BeFalse();
        run.ResultOf(call).Text.Should().Contain("A person decides about this one.");
        (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Ask, Answer = Effects.Ask, Rule = "ask-first" });
    });
}
