using System.Text.Json;

namespace Guard.Hook.Tests;

/// <summary>What a hook process said.</summary>
public sealed record HookResult(int ExitCode, string Output, string Error)
{
    /// <summary>All three signals of a denial, with the reason in both texts.</summary>
    public HookResult ShouldDeny(string because)
    {
        ExitCode.Should().Be(2, "stdout {0}, stderr {1}", Output, Error);
        using var json = JsonDocument.Parse(Output);
        var answer = json.RootElement.GetProperty("hookSpecificOutput");
        answer.GetProperty("hookEventName").GetString().Should().Be("PreToolUse");
        answer.GetProperty("permissionDecision").GetString().Should().Be("deny");
        var reason = answer.GetProperty("permissionDecisionReason").GetString();
        reason.Should().StartWith("guard: denied").And.ContainEquivalentOf(because);
        Error.Should().Be(reason + "\n");
        Error.Count(char.IsControl).Should().Be(1, "the reason is one line");
        return this;
    }

    public void ShouldBeSilent() => (ExitCode, Output, Error).Should().Be((0, "", ""));
}
