using System.Text.Json.Nodes;
using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Contract;

/// <summary>
/// Facts of the client that Guard relies on, measured with the client itself, so that a new version shows what changed.
/// Each case lets the model ask for one Bash call that writes a file, with permissions skipped.
/// </summary>
public sealed class ClientContractTests
{
    private const string Deny =
        """printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"json says no"}}'""";

    private const string Allow =
        """printf '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"allow","permissionDecisionReason":"fine"}}'""";

    /// <summary>What the tool does with a hook: its shell text, its further options, and whether the tool then runs.</summary>
    public static TheoryData<string, string, string, bool> HookOutcomes => new()
    {
        // All three signals at once are how guard-hook denies.
        { "deny by JSON, exit 2 and stderr", Deny + "; echo stderr says no >&2; exit 2", "", false },
        { "exit 2 without JSON", "echo stderr says no >&2; exit 2", "", false },
        { "exit 2 beats a JSON allow", Allow + "; echo no >&2; exit 2", "", false },
        { "JSON deny with exit 1", Deny + "; exit 1", "", false },
        { "silent exit 0", "exit 0", "", true },
        // Why guard-hook never exits 1, and why registration says onFailure.
        { "exit 1 fails open", "exit 1", "", true },
        { "abort fails open", "kill -ABRT $$", "", true },
        { "time-out fails open, a printed deny notwithstanding", Deny + "; exec sleep 30", "\"timeout\":1", true },
        { "onFailure block covers exit 1", "exit 1", "\"onFailure\":\"block\"", false },
        { "onFailure block covers an abort", "kill -ABRT $$", "\"onFailure\":\"block\"", false },
        { "onFailure block covers a time-out", "exec sleep 30", "\"onFailure\":\"block\",\"timeout\":1", false },
        // Why guard-hook writes nothing but one document to stdout, and leaves null members out.
        { "onFailure block does not cover a cut document", "printf '{\"hookSpec'", "\"onFailure\":\"block\"", true },
        { "onFailure block does not cover text around the document", Deny + "; echo; echo log", "\"onFailure\":\"block\"", true },
    };

    [Theory]
    [MemberData(nameof(HookOutcomes))]
    public Task PreToolUse_HookOutcome_DecidesWhetherTheToolRuns(string fact, string shell, string options, bool runs) => ClientBench.PlayAsync(async bench =>
    {
        var hook = bench.Folder.PutProgram("hook", "cat >/dev/null\n" + shell);
        bench.Folder.Put(bench.Folder.ProjectSettings, Settings(Handler(hook, options)));

        var (run, ran) = await AskForMarkerAsync(bench);

        ran.Should().Be(runs, fact);
        if (!runs)
            run.IsError.Should().BeTrue(fact);
    });

    [Fact]
    public Task PreToolUse_DenyByJsonExitCodeAndStderr_GivesTheModelTheJsonReason() => ClientBench.PlayAsync(async bench =>
    {
        var hook = bench.Folder.PutProgram("hook", "cat >/dev/null\n" + Deny + "; echo stderr says no >&2; exit 2");
        bench.Folder.Put(bench.Folder.ProjectSettings, Settings(Handler(hook, "")));

        var (result, _) = await AskForMarkerAsync(bench);

        result.Text.Should().Contain("json says no").And.NotContain("stderr says no").And.NotContain(hook);
    });

    [Theory]
    [InlineData("", true)]
    [InlineData("\"onFailure\":\"block\"", false)]
    public Task PreToolUse_MissingProgram_IsCoveredByOnFailureBlockOnly(string options, bool runs) => ClientBench.PlayAsync(async bench =>
    {
        bench.Folder.Put(bench.Folder.ProjectSettings, Settings(Handler(Path.Combine(bench.Folder.Root, "no-such-program"), options)));

        var (_, ran) = await AskForMarkerAsync(bench);

        ran.Should().Be(runs);
    });

    [Fact]
    public Task Settings_EventNamedPreTool_IsIgnored() => ClientBench.PlayAsync(async bench =>
    {
        bench.Folder.Put(bench.Folder.ProjectSettings, """{"hooks":{"pre-tool":[{"command":"exit 2","timeout":10000}]}}""");

        var (_, ran) = await AskForMarkerAsync(bench);

        ran.Should().BeTrue("the form of older guides is no registration");
    });

    [Theory]
    // Why `guard init` refuses a file that the client would drop as a whole.
    [InlineData("a wrong type elsewhere in the hooks", """{"type":"command","command":"true","timeout":"5"},""", "")]
    [InlineData("a comment", "", "// a comment")]
    [InlineData("a wrong type of another member", "", "\"model\": 5,")]
    public Task Settings_OneDefect_DropsTheWholeFile(string defect, string entry, string member) => ClientBench.PlayAsync(async bench =>
    {
        var hook = bench.Folder.PutProgram("hook", "cat >/dev/null; echo no >&2; exit 2");
        bench.Folder.Put(bench.Folder.ProjectSettings, $$"""
            {
              {{member}}
              "hooks": { "PreToolUse": [ { "matcher": "*", "hooks": [ {{entry}} {{Handler(hook, "\"onFailure\":\"block\"")}} ] } ] }
            }
            """);

        var (_, ran) = await AskForMarkerAsync(bench);

        ran.Should().BeTrue(defect);
    });

    [Fact]
    public Task Hook_InExecForm_GetsTheProjectFolderInItsArguments() => ClientBench.PlayAsync(async bench =>
    {
        var hook = bench.Folder.PutProgram("hook", "cat >/dev/null; printf '%s' \"$1\" > \"$0.seen\"");
        bench.Folder.Put(bench.Folder.ProjectSettings, Settings(Handler(hook, "\"args\":[\"${CLAUDE_PROJECT_DIR}\"]")));

        await AskForMarkerAsync(bench);

        (await File.ReadAllTextAsync(hook + ".seen")).Should().Be(bench.Folder.Project);
    });

    [Fact]
    public Task ConfigChange_ExitCode2_KeepsTheRunningSessionsHooks() => ClientBench.PlayAsync(async bench =>
    {
        var (first, second) = await EditSettingsMidSessionAsync(bench, configChangeExitCode: 2);

        first.Should().BeFalse();
        second.Should().BeFalse("the edit was refused by the ConfigChange hook");
    });

    [Fact]
    public Task ConfigChange_ExitCode0_LetsTheEditSwitchTheHooksOff() => ClientBench.PlayAsync(async bench =>
    {
        var (first, second) = await EditSettingsMidSessionAsync(bench, configChangeExitCode: 0);

        first.Should().BeFalse();
        second.Should().BeTrue("nothing refused the edit, and the file no longer has the hook");
    });

    private static async Task<(bool First, bool Second)> EditSettingsMidSessionAsync(ClientBench bench, int configChangeExitCode)
    {
        var folder = bench.Folder;
        var hook = folder.PutProgram("hook", "cat >/dev/null; echo no >&2; exit 2");
        var change = folder.PutProgram("change", $"cat >/dev/null; echo refused >&2; exit {configChangeExitCode}");
        folder.Put(folder.ProjectSettings, $$"""
            { "hooks": {
              "PreToolUse": [ { "matcher": "*", "hooks": [ {{Handler(hook, "")}} ] } ],
              "ConfigChange": [ { "hooks": [ {{Handler(change, "")}} ] } ] } }
            """);
        var script = ModelScript.Asking(ToolUse.Bash("touch first.txt")).Then(
            async () =>
            {
                folder.Put(folder.ProjectSettings, "{}");
                await FileText.LineAppearsAsync(folder.ClientLog, $"ConfigChange:project_settings [{change}] completed with status {configChangeExitCode}");
            },
            ToolUse.Bash("touch second.txt"));

        await bench.RunAsync(script, ClientOptions.SkipPermissions);
        return (File.Exists(folder.InProject("first.txt")), File.Exists(folder.InProject("second.txt")));
    }

    private static async Task<(ToolResult Result, bool Ran)> AskForMarkerAsync(ClientBench bench)
    {
        var call = ToolUse.Bash("touch ran.txt");
        var run = await bench.RunAsync(call);
        return (run.ResultOf(call), File.Exists(bench.Folder.InProject("ran.txt")));
    }

    private static string Handler(string command, string options)
    {
        var handler = new JsonObject { ["type"] = "command", ["command"] = command, ["args"] = new JsonArray() };
        foreach (var (name, value) in JsonNode.Parse("{" + options + "}")!.AsObject())
            handler[name] = value?.DeepClone();
        return handler.ToJsonString();
    }

    private static string Settings(string handler) =>
        $$$"""{"hooks":{"PreToolUse":[{"matcher":"*","hooks":[{{{handler}}}]}]}}""";
}
