using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Init;

public sealed class InitRefusalTests : IDisposable
{
    private readonly CliHarness _cli = new CliHarness().WithInstallation();

    public void Dispose() => _cli.Dispose();

    /// <summary>
    /// Each of these makes client 2.1.329 drop the whole file (<c>claude doctor</c>: "Invalid settings"), except the last
    /// two groups, which Guard could not write into without loss.
    /// </summary>
    public static TheoryData<string, string, string> VoidFiles() => new()
    {
        { "{\n  // why\n  \"model\": \"opus\"\n}", "2:3", "a comment" },
        { "{\"a\": /* x */ 1}", "1:7", "a comment" },
        { "{\n  \"model\": \"opus\",\n}", "2:18", "a comma before a closing bracket" },
        { "{\"permissions\":{\"allow\":[\"Read\",]}}", "1:32", "a comma before a closing bracket" },
        { "{\"permissions\":{\"allow\":[\"Read\", /* x */ ]}}", "1:34", "a comment" },
        { "{\"model\":5}", "1:10", "`model` must be text, not a number" },
        { "{\"model\":null}", "1:10", "`model` must be text, not null" },
        { "{\"ä\":1, \"verbose\":\"yes\"}", "1:19", "`verbose` must be true or false, not text" },
        { "{\"env\":[]}", "1:8", "`env` must be an object, not a list" },
        { "{\"permissions\":5}", "1:16", "`permissions` must be an object" },
        { "{\"permissions\":{\"allow\":\"Bash\"}}", "1:25", "`permissions.allow` must be a list" },
        { "{\"permissions\":{\"defaultMode\":\"yolo\"}}", "1:31", "`permissions.defaultMode` must be one of" },
        { "{\"statusLine\":\"x\"}", "1:15", "`statusLine` must be an object" },
        { "{\"cleanupPeriodDays\":\"30\"}", "1:22", "`cleanupPeriodDays` must be a number" },
        { "{\"hooks\":{\"PreToolUse\":{}}}", "1:24", "`hooks.PreToolUse` must be a list of matchers" },
        { "{\"hooks\":{\"PreToolUse\":[{\"type\":\"command\",\"command\":\"x\"}]}}", "1:25", "needs a list `hooks`" },
        { "{\"hooks\":{\"PreToolUse\":[{\"matcher\":5,\"hooks\":[]}]}}", "1:25", "has a `matcher` that must be text" },
        { "{\"hooks\":{\"PreToolUse\":[{\"hooks\":[\n{\"type\":\"command\",\"command\":\"x\",\"onFailure\":\"deny\"}]}]}}", "2:1", "`onFailure` that must be `continue` or `block`" },
        { "{\"hooks\":{\"PreToolUse\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"x\",\"timeout\":0}]}]}}", "1:35", "`timeout` that must be a number above 0" },
        { "{\"hooks\":{\"PreToolUse\":[{\"hooks\":[{\"type\":\"cmd\",\"command\":\"x\"}]}]}}", "1:35", "unknown type `cmd`" },
        { "{\"hooks\":{\"PermissionRequest\":[null]}}", "1:32", "`hooks.PermissionRequest[0]` must be an object" },
        { "{\"hooks\":{\"PermissionRequest\":[{\"hooks\":[{\"type\":\"http\"}]}]}}", "1:42", "needs the text `url`" },
        { "{\"hooks\":[]}", "1:10", "`hooks` must be an object" },
        { "{\"hooks\":{\"PostToolUse\":{}}}", "1:25", "`hooks.PostToolUse` must be a list" },
        { "{\"model\":\"a\",\n\"model\":\"b\"}", "2:1", "the key `model` stands here a second time" },
    };

    [Theory]
    [MemberData(nameof(VoidFiles))]
    public async Task Init_FileTheClientWouldDrop_IsRefusedWithItsPlace(string text, string place, string why)
    {
        CliHarness.Write(_cli.ProjectSettings, text);

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(3);
        result.ErrorLine.Should().StartWith($"guard: {_cli.ProjectSettings}:{place}: ").And.Contain(why).And.Contain("--repair");
        File.ReadAllText(_cli.ProjectSettings).Should().Be(text);
        Directory.GetFiles(Path.GetDirectoryName(_cli.ProjectSettings)!).Should().ContainSingle();
    }

    [Theory]
    [MemberData(nameof(VoidFiles))]
    public async Task Init_Repair_LeavesPlainJsonAndSaysWhatItDid(string text, string place, string why)
    {
        CliHarness.Write(_cli.ProjectSettings, text);

        var result = await _cli.RunAsync("init", "--repair");

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain($"Repaired {_cli.ProjectSettings}:{place}: ").And.Contain(why);
        var settings = JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!;
        settings["hooks"]!["PreToolUse"]!.AsArray().Last()!["hooks"]![0]!["command"]!.GetValue<string>().Should().Be(_cli.HookPath);
        File.ReadAllText(_cli.ProjectSettings + ".guard-backup-1").Should().Be(text);
        (await _cli.RunAsync("init")).Output.Should().Contain("nothing was changed");
    }

    [Fact]
    public async Task Init_Repair_KeepsWhatIsGood()
    {
        CliHarness.Write(_cli.ProjectSettings, """
            {
              // the model
              "model": "opus",
              "verbose": 5,
              "hooks": { "PreToolUse": [
                { "hooks": [ { "type": "command", "command": "a" }, { "type": "cmd" }, { "type": "command" }, { "type": "command", "command": "b" } ] },
                5,
                { "matcher": "Bash", "hooks": [] },
              ] },
            }
            """);

        var result = await _cli.RunAsync("init", "--repair");

        result.ExitCode.Should().Be(0);
        var settings = JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!.AsObject();
        settings.Select(p => p.Key).Should().Equal("model", "hooks");
        var pre = settings["hooks"]!["PreToolUse"]!.AsArray();
        pre.Should().HaveCount(3);
        pre[0]!["hooks"]!.AsArray().Select(h => h!["command"]!.GetValue<string>()).Should().Equal("a", "b");
        pre[1]!["matcher"]!.GetValue<string>().Should().Be("Bash");
    }

    [Theory]
    [InlineData("{\"model\": opus}", "1:11", "this is not JSON")]
    [InlineData("{\"model\": \"opus\"", "1:17", "this is not JSON")]
    [InlineData("{}\n{}", "2:1", "this is not JSON")]
    [InlineData("[]", "1:1", "the file must hold one JSON object")]
    [InlineData("null", "1:1", "the file must hold one JSON object")]
    [InlineData("{\"a\": \"\\ud800\"}", "1:15", "this is not JSON text")]
    public async Task Init_NoJsonObject_IsForAPersonEvenWithRepair(string text, string place, string why)
    {
        CliHarness.Write(_cli.ProjectSettings, text);

        var result = await _cli.RunAsync("init", "--repair");

        result.ExitCode.Should().Be(3);
        result.ErrorLine.Should().StartWith($"guard: {_cli.ProjectSettings}:{place}: {why}").And.Contain("by hand");
        File.ReadAllText(_cli.ProjectSettings).Should().Be(text);
    }

    [Fact]
    public async Task Init_NotUtf8_IsRefusedWithItsPlace()
    {
        CliHarness.Write(_cli.ProjectSettings, "");
        File.WriteAllBytes(_cli.ProjectSettings, [.. "{\n\"a\":\""u8, 0xff, .. "\"}"u8]);

        (await _cli.RunAsync("init")).ErrorLine.Should().Contain("settings.json:2:6: this is not UTF-8 text");
    }

    /// <summary>What client 2.1.329 accepts: an empty file, a byte order mark, unknown keys.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("\ufeff{\"model\":\"opus\"}")]
    [InlineData("{\"hooks\":{\"PreToolUse\":[{\"hooks\":[],\"extra\":1}]},\"newKey\":[1,null]}")]
    public async Task Init_FileTheClientAccepts_IsChanged(string text)
    {
        CliHarness.Write(_cli.ProjectSettings, text);

        (await _cli.RunAsync("init")).ExitCode.Should().Be(0);
        File.ReadAllText(_cli.ProjectSettings).Should().Contain(_cli.HookPath);
    }

    [Theory]
    [InlineData("{\"hooks\":{\"pre-tool\":[]}}", "does not know the hook event `pre-tool`")]
    [InlineData("{\"hooks\":{\"Stop\":[{\"hooks\":[{\"type\":\"command\"}]}]}}", "needs the text `command`; the client ignores it")]
    public async Task Init_EntryTheClientIgnores_IsAWarning(string text, string warning)
    {
        CliHarness.Write(_cli.ProjectSettings, text);

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(0);
        result.ErrorLine.Should().StartWith($"guard: warning: {_cli.ProjectSettings}:1:").And.Contain(warning);
    }

    [Theory]
    [InlineData(".claude/settings.json")]
    [InlineData(".claude/settings.local.json")]
    [InlineData("../.claude/settings.json")]
    public async Task Init_HooksSwitchedOff_IsRefused(string file)
    {
        CliHarness.Write(Path.Combine(_cli.Project, file), "{\n  \"disableAllHooks\": true\n}");

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("settings").And.Contain(":2:22: `disableAllHooks` is true, so the client would not run Guard");
    }

    [Theory]
    [InlineData("managed-settings.json", "allowManagedHooksOnly")]
    [InlineData("managed-settings.d/50-hooks.json", "disableAllHooks")]
    public async Task Init_ManagedSettingsForbidHooks_IsRefused(string file, string key)
    {
        CliHarness.Write(Path.Combine(_cli.Managed, file), $$"""{"{{key}}":true}""");

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain($"`{key}` is true").And.Contain("whoever manages this machine");
        File.Exists(_cli.ProjectSettings).Should().BeFalse();
    }

    /// <summary>The words of client 2.1.329.</summary>
    [Theory]
    [InlineData("tui: Invalid value. Expected one of: \"default\", \"fullscreen\"", 3)]
    [InlineData("hooks.pre-tool: Unknown hook event \"pre-tool\" was ignored.", 0)]
    [InlineData("permissions.allow: Non-string value in allow array was removed", 0)]
    public async Task Init_ClientObjects_IsSaidInItsWords(string words, int exitCode)
    {
        CliHarness.WriteProgram(Path.Combine(_cli.Bin, "claude"), $"""
            #!/bin/sh
            if [ "$1" = doctor ]; then
              printf '%s\n' 'Claude Code doctor' '' 'Invalid settings' '- /elsewhere/settings.json › model: Expected string' '- {_cli.ProjectSettings} › {words}' '' 'Other'
            else
              echo '2.1.329 (Claude Code)'
            fi
            """);

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(exitCode);
        if (exitCode == 0)
            result.Error.Should().BeEmpty();
        else
            result.ErrorLine.Should().StartWith("guard: the client drops this file").And.Contain(words);
    }

    [Fact]
    public async Task Init_FolderCannotBeMade_SaysWhy()
    {
        File.WriteAllText(Path.Combine(_cli.Project, ".claude"), "a file in the way");

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().StartWith($"guard: {_cli.ProjectSettings}");
        Directory.GetFiles(Path.Combine(_cli.GuardFolder), "*.json", SearchOption.AllDirectories).Should().ContainSingle("only hook.json, no record of what was not done");
    }

    [Fact]
    public async Task Init_SettingsPathIsAFolder_IsRefused()
    {
        Directory.CreateDirectory(_cli.ProjectSettings);

        (await _cli.RunAsync("init")).ErrorLine.Should().Be($"guard: {_cli.ProjectSettings} is a folder where a settings file is expected");
    }

    [Fact]
    public async Task Init_LinkLoop_IsRefused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_cli.ProjectSettings)!);
        File.CreateSymbolicLink(_cli.ProjectSettings, _cli.ProjectSettings);

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("cannot be read");
    }

    [Fact]
    public async Task Init_NoHook_SaysWhereItLooked()
    {
        File.Delete(_cli.HookPath);

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Be($"guard: guard-hook is neither in {_cli.Programs} nor on PATH; say where it is with --hook PATH");
    }

    [Fact]
    public async Task Init_NoHookSettings_SaysWhatToRunFirst()
    {
        File.Delete(Path.Combine(_cli.GuardFolder, "hook.json"));

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("hook.json do not exist; run `guard up` first");
    }

    [Theory]
    [InlineData("guard: --user and --project exclude each other (see `guard init --help`)", "init", "--user", "--project")]
    [InlineData("guard: --permissions is for installing; --uninstall takes them out by itself (see `guard init --help`)", "init", "--uninstall", "--permissions")]
    [InlineData("guard: Unrecognized command or argument '--nope' (see `guard init --help`)", "init", "--nope")]
    [InlineData("guard: Required argument missing for option: '--hook' (see `guard init --help`)", "init", "--hook")]
    [InlineData("guard: a command is needed (see `guard --help`)")]
    [InlineData("guard: Unrecognized command or argument 'frobnicate' (see `guard --help`)", "frobnicate")]
    public async Task Guard_BadUsage_IsOneLineAndExitCode2(string line, params string[] args)
    {
        var result = await _cli.RunAsync(args);

        result.ExitCode.Should().Be(2);
        result.ErrorLine.Should().Be(line);
        result.Output.Should().BeEmpty();
    }
}
