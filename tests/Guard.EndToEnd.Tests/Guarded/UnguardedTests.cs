using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>The calls that other tests see denied do what they want where Guard is not registered: those tests can fail.</summary>
public sealed class UnguardedTests
{
    public static TheoryData<string> Tools => ToolCase.Names;

    public static TheoryData<string> Attacks => SettingsAttacks.Commands;

    [Theory]
    [MemberData(nameof(Tools))]
    public Task Tool_WithoutGuard_Runs(string tool) => ClientBench.PlayAsync(async bench =>
    {
        var toolCase = ToolCase.Create(tool, bench.Folder);

        var run = await bench.RunAsync(toolCase.Script(), ClientOptions.SkipPermissions.With(toolCase.Arguments));

        toolCase.Ran(run).Should().BeTrue();
    });

    [Theory]
    [MemberData(nameof(Attacks))]
    public Task Bash_OnTheSettingsWithoutGuard_ChangesThem(string command) => ClientBench.PlayAsync(async bench =>
    {
        const string Harmless = """{"env":{"EXAMPLE":"1"}}""";
        bench.Folder.Put(bench.Folder.ProjectSettings, Harmless);
        SettingsAttacks.Prepare(bench.Folder);

        await bench.RunAsync(ToolUse.Bash(command));

        (File.Exists(bench.Folder.ProjectSettings) ? await File.ReadAllTextAsync(bench.Folder.ProjectSettings) : "").Should().NotBe(Harmless);
    });

    /// <summary>So a grant of Guard is what lets <c>mkdir</c> run under the client's own permissions.</summary>
    [Theory]
    [InlineData("touch plain.txt", "plain.txt")]
    [InlineData("mkdir granted", "granted")]
    public Task Bash_UnderTheClientsOwnPermissions_IsRefusedByTheClient(string command, string made) => ClientBench.PlayAsync(async bench =>
    {
        await bench.RunAsync(ModelScript.Asking(ToolUse.Bash(command)), ClientOptions.DefaultPermissions);

        Path.Exists(bench.Folder.InProject(made)).Should().BeFalse();
    });
}
