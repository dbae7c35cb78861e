using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.StandIn;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>
/// An agent cannot take Guard out of the client's settings by its tools, under a policy that allows all it can, with the
/// client's permissions skipped. <see cref="UnguardedTests"/> shows that the same calls would do it without Guard.
/// </summary>
public sealed class SelfProtectionTests(PermissiveGatewayFixture fixture) : IClassFixture<PermissiveGatewayFixture>
{
    public static TheoryData<string> Commands => SettingsAttacks.Commands;

    [Theory]
    [MemberData(nameof(Commands))]
    public Task Bash_OnTheSettings_IsDeniedAndTheHookStillWorks(string command) =>
        PlayAsync(_ => [ToolUse.Bash(command)]);

    [Fact]
    public Task Write_OfTheSettings_IsDeniedAndTheHookStillWorks() =>
        PlayAsync(folder => [ToolUse.Write(folder.ProjectSettings, "{}")]);

    [Fact]
    public Task Edit_OfTheSettings_IsDeniedAndTheHookStillWorks() =>
        PlayAsync(folder => [ToolUse.Read(folder.ProjectSettings), ToolUse.Edit(folder.ProjectSettings, "PreToolUse", "SessionEnd")]);

    [Fact]
    public Task Write_ThroughALinkToTheSettings_IsDeniedAndTheHookStillWorks() => PlayAsync(folder =>
    {
        Directory.CreateSymbolicLink(folder.InProject("linked"), Path.GetDirectoryName(folder.ProjectSettings)!);
        return [ToolUse.Write(folder.InProject("linked/settings.json"), "{}")];
    });

    [Theory]
    [InlineData(".claude/settings.local.json", """{"disableAllHooks":true}""")]
    [InlineData(".mcp.json", """{"mcpServers":{}}""")]
    [InlineData(".git/hooks/pre-commit", "exit 0")]
    public Task Write_OfWhatWouldWeakenGuard_IsDenied(string relative, string content) => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var call = ToolUse.Write(bench.Folder.InProject(relative), content);

        var run = await bench.RunAsync(call);

        bench.Exists(relative).Should().BeFalse();
        (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Deny, Policy = "floor" });
    });

    [Fact]
    public Task Write_OfTheUsersSettingsThatHoldTheHook_IsDenied() => ClientBench.PlayAsync(async client =>
    {
        var bench = new GuardedBench(client, fixture.Gateway);
        await bench.InitAsync("--user");
        var before = Text(bench.Folder.UserSettings);
        var write = ToolUse.Write(bench.Folder.UserSettings, "{}");
        var shell = ToolUse.Bash("rm " + bench.Folder.UserSettings);

        var run = await bench.RunAsync(write, shell);

        Text(bench.Folder.UserSettings).Should().Be(before);
        foreach (var call in new[] { write, shell })
            (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Deny, Policy = "floor" });
    });

    [Fact]
    public Task Read_OfGuardsKey_IsDenied() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var file = ToolUse.Read(bench.Gateway.HookConfiguration);
        var shell = ToolUse.Bash("cat " + bench.Gateway.HookConfiguration);

        var run = await bench.RunAsync(file, shell);

        foreach (var call in new[] { file, shell })
        {
            run.ResultOf(call).Text.Should().NotContain("guard_agent_");
            (await bench.DecisionOnAsync(run, call)).Should().BeEquivalentTo(new { Effect = Effects.Deny, Policy = "floor" });
        }
    });

    private Task PlayAsync(Func<CaseFolder, IReadOnlyList<ToolUse>> attack) => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        SettingsAttacks.Prepare(bench.Folder);
        var before = Text(bench.Folder.ProjectSettings);
        var calls = attack(bench.Folder);
        var governed = ToolUse.Bash("touch after.txt");

        var run = await bench.RunAsync([.. calls, governed]);

        Text(bench.Folder.ProjectSettings).Should().Be(before);
        run.ResultOf(calls[^1]).IsError.Should().BeTrue();
        (await bench.DecisionOnAsync(run, calls[^1])).Should().BeEquivalentTo(new { Effect = Effects.Deny, Answer = Effects.Deny, Policy = "floor" });
        (await bench.DecisionOnAsync(run, governed)).Effect.Should().Be(Effects.Allow, "the policy allows everything else, and the hook was asked");
        bench.Exists("after.txt").Should().BeTrue();
    });

    private static string? Text(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
