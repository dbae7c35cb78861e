using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Init;

public sealed class InitInstallTests : IDisposable
{
    private readonly CliHarness _cli = new CliHarness().WithInstallation();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Init_FreshProject_WritesTheFourRegistrations()
    {
        var result = await _cli.RunAsync("init");

        result.Error.Should().BeEmpty();
        result.ExitCode.Should().Be(0);
        var config = Path.Combine(_cli.GuardFolder, "hook.json");
        string Registration(string name, string verb, int deadline, int timeout, string end) => $$"""
                "{{name}}": [
                  {
                    "matcher": "*",
                    "hooks": [
                      {
                        "type": "command",
                        "command": "{{_cli.HookPath}}",
                        "args": [
                          "{{verb}}",
                          "--config",
                          "{{config}}",
                          "--workspace",
                          "${CLAUDE_PROJECT_DIR}",
                          "--deadline",
                          "{{deadline}}"
                        ],
                        "timeout": {{timeout}},
                        "onFailure": "block"
                      }
                    ]
                  }
                ]{{end}}

            """;
        File.ReadAllText(_cli.ProjectSettings).Should().Be(
            "{\n  \"hooks\": {\n"
            + Registration("PreToolUse", "pre", 25, 30, ",")
            + Registration("PostToolUse", "post", 10, 15, ",")
            + Registration("PostToolUseFailure", "post", 10, 15, ",")
            + Registration("ConfigChange", "config", 10, 15, "")
            + "  }\n}\n");
    }

    [Fact]
    public async Task Init_FreshProject_SaysWhatItDidAndThatTheCanaryHeld()
    {
        var result = await _cli.RunAsync("init");

        result.Output.Should().StartWith($"Registered {_cli.HookPath} in ~/project/.claude/settings.json for PreToolUse, PostToolUse, PostToolUseFailure, ConfigChange.\n")
            .And.Contain("Client: ").And.Contain("version 2.1.329.")
            .And.Contain("Canary: a write to ~/project/.claude/settings.json was denied by the floor.")
            .And.Contain("code that already runs as you");
    }

    [Fact]
    public async Task Init_Canary_RunsTheHookAsItIsRegistered()
    {
        await _cli.RunAsync("init");

        File.ReadAllText(_cli.HookPath + ".args").Should().Be(
            $"pre\n--config\n{_cli.GuardFolder}/hook.json\n--workspace\n{_cli.Project}\n--deadline\n25\n");
        var input = JsonNode.Parse(File.ReadAllText(_cli.HookPath + ".input"))!;
        input["hook_event_name"]!.GetValue<string>().Should().Be("PreToolUse");
        input["tool_name"]!.GetValue<string>().Should().Be("Write");
        input["tool_input"]!["file_path"]!.GetValue<string>().Should().Be(_cli.ProjectSettings);
    }

    [Fact]
    public async Task Init_SecondRun_ChangesNothingAndSaysSo()
    {
        await _cli.RunAsync("init", "--permissions");
        var before = File.ReadAllBytes(_cli.ProjectSettings);

        var result = await _cli.RunAsync("init", "--permissions");

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("registered in ~/project/.claude/settings.json already; nothing was changed");
        File.ReadAllBytes(_cli.ProjectSettings).Should().Equal(before);
        Directory.GetFiles(Path.GetDirectoryName(_cli.ProjectSettings)!).Should().Equal(_cli.ProjectSettings);
    }

    [Fact]
    public async Task Init_FileOfSomebodyElse_KeepsOrderKeysNumbersAndLayout()
    {
        const string before = """
            {
            	"model": "opus",
            	"futureKey": { "ratio": 1.50, "note": "ä <b> & ' +" },
            	"hooks": {
            		"Stop": [ { "hooks": [ { "type": "command", "command": "say done" } ] } ],
            		"PreToolUse": [ { "matcher": "Bash", "hooks": [ { "type": "command", "command": "/usr/bin/lint", "timeout": 2.5 } ] } ]
            	},
            	"permissions": { "allow": [ "Read" ] }
            }
            """;
        CliHarness.Write(_cli.ProjectSettings, before);

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(0);
        var after = File.ReadAllText(_cli.ProjectSettings);
        after.Should().StartWith("{\n\t\"model\": \"opus\",\n\t\"futureKey\": {\n\t\t\"ratio\": 1.50,\n\t\t\"note\": \"ä <b> & ' +\"\n\t},\n\t\"hooks\": {\n\t\t\"Stop\"")
            .And.EndWith("}", "the file had no final line end");
        var settings = JsonNode.Parse(after)!.AsObject();
        settings.Select(p => p.Key).Should().Equal("model", "futureKey", "hooks", "permissions");
        var pre = settings["hooks"]!["PreToolUse"]!.AsArray();
        pre.Should().HaveCount(2);
        pre[0]!["hooks"]![0]!["command"]!.GetValue<string>().Should().Be("/usr/bin/lint");
        pre[1]!["hooks"]![0]!["command"]!.GetValue<string>().Should().Be(_cli.HookPath);
        File.ReadAllText(_cli.ProjectSettings + ".guard-backup-1").Should().Be(before);
    }

    [Fact]
    public async Task Init_OlderRegistrationOfGuard_IsReplacedNotDoubled()
    {
        CliHarness.Write(_cli.ProjectSettings, """
            {"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[
              {"type":"command","command":"/old/guard-hook","args":["pre"],"async":true},
              {"type":"command","command":"/usr/bin/lint"}]}]}}
            """);

        await _cli.RunAsync("init");

        var pre = JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!["hooks"]!["PreToolUse"]!.AsArray();
        pre.Should().HaveCount(2);
        pre[0]!["hooks"]!.AsArray().Should().ContainSingle().Which!["command"]!.GetValue<string>().Should().Be("/usr/bin/lint");
        pre[1]!["hooks"]![0]!["onFailure"]!.GetValue<string>().Should().Be("block");
    }

    [Fact]
    public async Task Init_SymbolicLink_IsWrittenThroughWithItsMode()
    {
        var real = Path.Combine(_cli.Folder("dotfiles"), "claude.json");
        File.WriteAllText(real, "{}\n");
        File.SetUnixFileMode(real, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        Directory.CreateDirectory(Path.GetDirectoryName(_cli.UserSettings)!);
        File.CreateSymbolicLink(_cli.UserSettings, real);

        var result = await _cli.RunAsync("init", "--user");

        result.ExitCode.Should().Be(0);
        new FileInfo(_cli.UserSettings).LinkTarget.Should().Be(real);
        File.ReadAllText(real).Should().Contain("PreToolUse");
        File.GetUnixFileMode(real).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        File.Exists(real + ".guard-backup-1").Should().BeTrue();
    }

    [Fact]
    public async Task Init_ClientFolderMovedByEnvironment_WritesWhereTheClientReads()
    {
        var moved = _cli.Folder("moved");
        _cli.Set("CLAUDE_CONFIG_DIR", moved);

        await _cli.RunAsync("init", "--user");

        File.Exists(Path.Combine(moved, "settings.json")).Should().BeTrue();
        File.Exists(_cli.UserSettings).Should().BeFalse();
    }

    [Fact]
    public async Task Init_Permissions_AddsWhatIsMissing()
    {
        CliHarness.Write(_cli.ProjectSettings, """{"permissions":{"allow":["Bash","Bash(ls)"],"deny":["Read(./.env)"]}}""");

        await _cli.RunAsync("init", "--permissions");

        var permissions = JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!["permissions"]!;
        permissions["allow"]!.AsArray().Select(n => n!.GetValue<string>()).Should().Equal(
            "Bash", "Bash(ls)", "Edit", "Glob", "Grep", "Monitor", "NotebookEdit", "Read", "Skill", "WebFetch", "WebSearch", "Write");
        permissions["deny"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task Init_DryRun_ShowsTheFileAndLeavesNoTrace()
    {
        Directory.Delete(_cli.GuardFolder, recursive: true);
        var config = Path.Combine(_cli.Home, "hook.json");
        CliHarness.Write(config, "{}");

        var result = await _cli.RunAsync("init", "--dry-run", "--config", config);

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("would become:").And.Contain("\"PreToolUse\": [");
        Directory.Exists(Path.Combine(_cli.Project, ".claude")).Should().BeFalse();
        Directory.Exists(_cli.GuardFolder).Should().BeFalse();
        File.Exists(_cli.HookPath + ".args").Should().BeFalse("the canary belongs to a real installation");
    }

    [Fact]
    public async Task Init_Json_IsOneDocument()
    {
        var result = await _cli.RunAsync("init", "--json", "--permissions");

        var report = JsonNode.Parse(result.Output)!;
        report["operation"]!.GetValue<string>().Should().Be("install");
        report["file"]!.GetValue<string>().Should().Be(_cli.ProjectSettings);
        report["changed"]!.GetValue<bool>().Should().BeTrue();
        report["canary"]!["stopped"]!.GetValue<bool>().Should().BeTrue();
        report["client"]!["version"]!.GetValue<string>().Should().Be("2.1.329");
        report["events"]!.AsArray().Should().HaveCount(4);
    }

    [Fact]
    public async Task Init_EightAtOnce_LeaveOneRegistrationEach()
    {
        CliHarness.Write(_cli.ProjectSettings, """{"model":"opus"}""");

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _cli.RunAsync("init"))));

        results.Should().OnlyContain(r => r.ExitCode == 0);
        results.Count(r => r.Output.Contains("Registered", StringComparison.Ordinal)).Should().Be(1, "the others found it done");
        JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!["hooks"]!["PreToolUse"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    public async Task Init_NoClientOnPath_SaysSoAndGoesOn()
    {
        File.Delete(Path.Combine(_cli.Bin, "claude"));

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(0);
        result.ErrorLine.Should().StartWith("guard: warning: no `claude` on PATH").And.Contain("2.1.295 or later");
    }

    [Theory]
    [InlineData("2.1.294 (Claude Code)")]
    [InlineData("1.0.120 (Claude Code)")]
    public async Task Init_ClientWithoutOnFailure_IsRefusedBeforeAnythingIsWritten(string version)
    {
        CliHarness.WriteProgram(Path.Combine(_cli.Bin, "claude"), $"#!/bin/sh\necho '{version}'\n");

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(6);
        result.ErrorLine.Should().Contain("lets a tool run when its hook crashes").And.Contain("2.1.295");
        File.Exists(_cli.ProjectSettings).Should().BeFalse();
    }

    [Fact]
    public async Task Init_HookThatAllows_FailsTheCanary()
    {
        CliHarness.WriteProgram(_cli.HookPath, "#!/bin/sh\nexit 0\n");

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(1);
        result.ErrorLine.Should().StartWith("guard: the canary failed: the hook did NOT deny a write to ");
    }

    [Fact]
    public async Task Init_GatewayDown_FailsTheCanaryWithTheHooksReason()
    {
        CliHarness.WriteProgram(_cli.HookPath, CliHarness.FloorHook.Replace(
            "denied by policy floor, rule client-settings: The settings of the agent client hold the hook.",
            "denied: the gateway at unix:/g.sock did not answer within 10 s. Is it running? Start it with `guard up`.", StringComparison.Ordinal));

        var result = await _cli.RunAsync("init");

        result.ExitCode.Should().Be(1);
        result.ErrorLine.Should().Contain("the canary failed: guard: denied: the gateway at unix:/g.sock did not answer").And.Contain("The registration stays");
        File.Exists(_cli.ProjectSettings).Should().BeTrue();
    }

    [Fact]
    public async Task Init_HookThatIsNoProgram_FailsTheCanary()
    {
        CliHarness.WriteProgram(_cli.HookPath, "\u007fELF broken");

        var result = await _cli.RunAsync("init", "--json");

        result.ExitCode.Should().Be(1);
        JsonNode.Parse(result.Output)!["canary"]!["reason"]!.GetValue<string>().Should().StartWith("the hook gave no answer: ");
    }
}
