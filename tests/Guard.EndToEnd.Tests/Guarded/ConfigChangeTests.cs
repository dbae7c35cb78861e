using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>
/// Settings that lose the registration while a session runs, by other means than the agent's tools, do not switch Guard
/// off in that session. That they would is shown by the client's own facts, see <see cref="Contract.ClientContractTests"/>.
/// </summary>
public sealed class ConfigChangeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("emptied", "{}")]
    [InlineData("without the hook for tools", """{"hooks":{"PostToolUse":[]}}""")]
    [InlineData("all hooks disabled", """{"disableAllHooks":true}""")]
    public Task Settings_ChangedFromOutside_TheRunningSessionStaysGoverned(string how, string settings) =>
        PlayAsync(how, folder => folder.Put(folder.ProjectSettings, settings));

    [Fact]
    public Task Settings_DeletedFromOutside_TheRunningSessionStaysGoverned() =>
        PlayAsync("deleted", folder => File.Delete(folder.ProjectSettings));

    [Fact]
    public Task LocalSettings_DisablingAllHooksFromOutside_TheRunningSessionStaysGoverned() =>
        PlayAsync("disabled", folder => folder.Put(folder.InProject(".claude/settings.local.json"), """{"disableAllHooks":true}"""));

    [Fact]
    public Task Settings_ChangedButStillRegistered_AreTakenOver() => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        var folder = bench.Folder;
        var script = ModelScript.Asking(ToolUse.Bash("touch first.txt")).Then(
            async () =>
            {
                var text = await File.ReadAllTextAsync(folder.ProjectSettings);
                folder.Put(folder.ProjectSettings, text.TrimEnd()[..^1] + """, "permissions": { "allow": ["Read"] } }""");
                await FileText.LineAppearsAsync(folder.ClientLog, "ConfigChange:project_settings", "guard-hook", "completed with status 0");
            },
            ToolUse.Bash("touch second.txt"));

        await bench.RunAsync(script, ClientOptions.SkipPermissions);

        bench.Exists("second.txt").Should().BeTrue();
        (await File.ReadAllTextAsync(folder.ClientLog)).Should().NotContain("ConfigChange hook blocked");
    });

    private Task PlayAsync(string how, Action<CaseFolder> change) => GuardedBench.PlayAsync(fixture.Gateway, async bench =>
    {
        bench.Folder.Put(bench.Folder.InProject("locked/keep"), "");
        var denied = ToolUse.Bash("touch locked/made.txt");
        var script = ModelScript.Asking(ToolUse.Bash("touch first.txt")).Then(
            async () =>
            {
                change(bench.Folder);
                await FileText.LineAppearsAsync(bench.Folder.ClientLog, "ConfigChange hook blocked");
            },
            denied);

        var run = await bench.RunAsync(script, ClientOptions.SkipPermissions);

        bench.Exists("first.txt").Should().BeTrue();
        bench.Exists("locked/made.txt").Should().BeFalse(how);
        (await bench.DecisionOnAsync(run, denied)).Should().BeEquivalentTo(new { Effect = Effects.Deny, Rule = "locked" });
    });
}
