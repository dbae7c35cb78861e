using System.Text;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Hook.Tests;

[Collection(HookProcesses.Name)]
public sealed class OtherEventsTests(HookBinary hook)
{
    private const string Good = """{"hooks":{"PreToolUse":[{"matcher":"*","hooks":[{"type":"command","command":"/opt/guard/guard-hook","args":["pre","--deadline","25"],"timeout":30,"onFailure":"block"}]}],"ConfigChange":[{"hooks":[{"type":"command","command":"/opt/guard/guard-hook","args":["config","--deadline","10"],"timeout":15,"onFailure":"block"}]}]}}""";

    [Theory]
    [InlineData("post-bash.json", "succeeded", null, true)]
    [InlineData("post-failed-bash.json", "failed", 3, false)]
    [InlineData("post-interrupted-bash.json", "interrupted", null, false)]
    public async Task Post_ReportsTheOutcome(string sample, string result, int? exitCode, bool hasOutput)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(_ => """{"version":1,"eventId":"e"}"""));
        using var home = new HookHome(gateway.Url);

        hook.Run(["post", "--config", home.Config], HookBinary.Sample(sample)).ShouldBeSilent();

        var sent = gateway.Requests.Single();
        sent.Head.Should().StartWith("POST /v1/events ");
        sent.Body.Should().NotContain("clean", "the output itself never travels");
        var outcome = JsonSerializer.Deserialize(sent.Body, ProtocolJson.Default.OutcomeRequest)!;
        outcome.Outcome.Should().Be(result);
        outcome.ExitCode.Should().Be(exitCode);
        outcome.DurationMs.Should().BePositive();
        outcome.ToolUseId.Should().StartWith("toolu_sample_");
        (outcome.OutputDigest is not null).Should().Be(hasOutput);
        (outcome.OutputBytes > 0).Should().Be(hasOutput);
    }

    [Theory]
    [InlineData("bad/not-json.json")]
    [InlineData("pre-bash-git-status.json")]
    [InlineData("manual-read.json")]
    public void Post_ThatFails_SaysSoWithExitCode2(string sample)
    {
        using var home = new HookHome("unix:/nowhere/g.sock");
        var result = hook.Run(["post", "--config", home.Config], HookBinary.Sample(sample));
        result.ExitCode.Should().Be(2);
        result.Output.Should().BeEmpty();
        result.Error.Should().StartWith("guard: the outcome was not recorded: ");
    }

    [Theory]
    [InlineData(Good, null, "invoke:ConfigChange", true)]
    [InlineData("""{"model":"x"}""", null, "write:file", false)]
    [InlineData(Good, """{"disableAllHooks":true}""", "write:file", false)]
    [InlineData("{ // comment\n}", null, "write:file", false)]
    public async Task Config_IsJudgedByWhatTheSettingsSayNow(string project, string? local, string action, bool inert)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request, inert ? "allow" : "deny", message: "guard: denied by policy floor.")));
        using var home = new HookHome(gateway.Url);
        var folder = Path.Combine(home.Folder, ".claude");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(folder + "/settings.json", project);
        if (local is not null) await File.WriteAllTextAsync(folder + "/settings.local.json", local);
        var input = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { session_id = "s", cwd = home.Folder, hook_event_name = "ConfigChange", source = "project_settings", file_path = folder + "/settings.json" }));

        var result = hook.Run(["config", "--config", home.Config, "--workspace", home.Folder], input, new Dictionary<string, string> { ["CLAUDE_CONFIG_DIR"] = "/nowhere" });

        var access = gateway.Requests.Single().Json.GetProperty("accesses")[0];
        access.GetProperty("action").GetString().Should().Be(action);
        access.TryGetProperty("inert", out _).Should().Be(inert);
        access.GetProperty("resource").GetString().Should().Be(folder + "/settings.json");
        if (inert)
        {
            result.ShouldBeSilent();
        }
        else
        {
            result.ExitCode.Should().Be(2);
            result.Error.Should().Contain("denied by policy floor").And.Contain("would disarm Guard");
            JsonDocument.Parse(result.Output).RootElement.GetProperty("decision").GetString().Should().Be("block");
        }
    }

    [Fact]
    public void Config_WithoutGateway_IsRefused()
    {
        using var home = new HookHome("unix:/nowhere/g.sock");
        var result = hook.Run(["config", "--config", home.Config], HookBinary.Sample("config-change.json"));
        result.ExitCode.Should().Be(2);
        result.Error.Should().StartWith("guard: denied: ");
    }
}
