using System.Text.Json.Nodes;

namespace Guard.Cli.Tests.Init;

public sealed class InitUninstallTests : IDisposable
{
    private readonly CliHarness _cli = new CliHarness().WithInstallation();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("{}")]
    [InlineData("{}\r\n")]
    [InlineData("{ \"model\" : \"opus\" ,\n \"permissions\":{\"allow\":[ \"Read\" ]}}")]
    [InlineData("{\"hooks\": {\"PreToolUse\": []}, \"permissions\": {}}\n")]
    [InlineData("\ufeff{\"model\":\"\\u00e9\"}")]
    [InlineData("{\"hooks\":{\"PreToolUse\":[{\"matcher\":\"Bash\",\"hooks\":[{\"type\":\"command\",\"command\":\"lint\"}]}]}}")]
    public async Task Uninstall_NothingElseChanged_GivesTheSameBytesBack(string text)
    {
        CliHarness.Write(_cli.ProjectSettings, "");
        File.WriteAllText(_cli.ProjectSettings, text, new System.Text.UTF8Encoding(false));
        await _cli.RunAsync("init");
        await _cli.RunAsync("init", "--permissions");

        var result = await _cli.RunAsync("init", "--uninstall");

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("Guard was taken out of ~/project/.claude/settings.json.");
        File.ReadAllBytes(_cli.ProjectSettings).Should().Equal(System.Text.Encoding.UTF8.GetBytes(text));
        Directory.GetFiles(Path.GetDirectoryName(_cli.ProjectSettings)!).Should().Equal([_cli.ProjectSettings], "the copies are not needed any more");
        Directory.GetFiles(Path.Combine(_cli.GuardFolder, "installations")).Should().BeEmpty();
    }

    [Fact]
    public async Task Uninstall_FreshProject_LeavesNoTrace()
    {
        await _cli.RunAsync("init");

        await _cli.RunAsync("init", "--uninstall");

        Directory.Exists(Path.Combine(_cli.Project, ".claude")).Should().BeFalse();
    }

    [Fact]
    public async Task Uninstall_FileChangedSince_TakesOutExactlyItsOwn()
    {
        CliHarness.Write(_cli.ProjectSettings, """{"hooks":{"PreToolUse":[]},"permissions":{"allow":["Read"]}}""");
        await _cli.RunAsync("init", "--permissions");
        var settings = JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!;
        settings["model"] = "opus";
        settings["permissions"]!["allow"]!.AsArray().Add((JsonNode)"Bash(ls)");
        settings["hooks"]!["Stop"] = JsonNode.Parse("""[{"hooks":[{"type":"command","command":"say"}]}]""");
        File.WriteAllText(_cli.ProjectSettings, settings.ToJsonString());

        var result = await _cli.RunAsync("init", "--uninstall");

        result.ExitCode.Should().Be(0);
        JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings)), JsonNode.Parse("""
            {"hooks":{"PreToolUse":[],"Stop":[{"hooks":[{"type":"command","command":"say"}]}]},"permissions":{"allow":["Read","Bash(ls)"]},"model":"opus"}
            """)).Should().BeTrue();
    }

    [Fact]
    public async Task Uninstall_FileChangedBetweenTwoInstalls_KeepsTheChange()
    {
        CliHarness.Write(_cli.ProjectSettings, "{}");
        await _cli.RunAsync("init");
        var settings = JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!;
        settings["model"] = "opus";
        File.WriteAllText(_cli.ProjectSettings, settings.ToJsonString());
        await _cli.RunAsync("init", "--permissions");

        await _cli.RunAsync("init", "--uninstall");

        JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!.ToJsonString().Should().Be("""{"model":"opus"}""");
    }

    [Fact]
    public async Task Uninstall_WithoutRecord_TakesOutHooksAndSaysWhatItLeft()
    {
        await _cli.RunAsync("init", "--permissions");
        Directory.Delete(Path.Combine(_cli.GuardFolder, "installations"), recursive: true);

        var result = await _cli.RunAsync("init", "--uninstall");

        result.ExitCode.Should().Be(0);
        result.ErrorLine.Should().Contain("no record").And.Contain("permissions.allow were left");
        JsonNode.Parse(File.ReadAllText(_cli.ProjectSettings))!.AsObject().Select(p => p.Key).Should().Equal("permissions");
    }

    [Fact]
    public async Task Uninstall_NothingThere_SaysSo()
    {
        (await _cli.RunAsync("init", "--uninstall")).Output.Should().Contain("There is nothing of Guard in ~/project/.claude/settings.json.");

        CliHarness.Write(_cli.ProjectSettings, """{"model":"opus"}""");
        (await _cli.RunAsync("init", "--uninstall")).Output.Should().Contain("There is nothing of Guard");
        File.ReadAllText(_cli.ProjectSettings).Should().Be("""{"model":"opus"}""");
    }

    [Fact]
    public async Task Uninstall_DryRun_ChangesNothing()
    {
        CliHarness.Write(_cli.ProjectSettings, """{"model":"opus"}""");
        await _cli.RunAsync("init");
        var before = File.ReadAllText(_cli.ProjectSettings);

        var result = await _cli.RunAsync("init", "--uninstall", "--dry-run");

        result.Output.Should().Contain("would become:\n{\"model\":\"opus\"}");
        File.ReadAllText(_cli.ProjectSettings).Should().Be(before);
    }

    [Fact]
    public async Task Uninstall_NeedsNeitherHookNorSettings()
    {
        await _cli.RunAsync("init");
        File.Delete(_cli.HookPath);
        File.Delete(Path.Combine(_cli.GuardFolder, "hook.json"));

        (await _cli.RunAsync("init", "--uninstall")).ExitCode.Should().Be(0);
    }
}
