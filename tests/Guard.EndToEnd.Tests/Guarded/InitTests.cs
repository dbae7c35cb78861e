using System.Text.Json.Nodes;
using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary><c>guard init</c> in projects as people have them, judged by what the client then does.</summary>
public sealed class InitTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private const int BadDocument = 3;

    [Fact]
    public Task Init_FreshProject_GovernsItAndUninstallLeavesNothing() => PlayAsync(async bench =>
    {
        await bench.InitAsync("--project");
        (await DeniedCallRanAsync(bench)).Should().BeFalse();

        await bench.InitAsync("--project", "--uninstall");
        File.Exists(bench.Folder.ProjectSettings).Should().BeFalse();
        (await DeniedCallRanAsync(bench)).Should().BeTrue();
    });

    [Fact]
    public Task Init_User_GovernsEveryProject() => PlayAsync(async bench =>
    {
        await bench.InitAsync("--user");

        File.Exists(bench.Folder.ProjectSettings).Should().BeFalse();
        File.Exists(bench.Folder.UserSettings).Should().BeTrue();
        (await DeniedCallRanAsync(bench)).Should().BeFalse();
    });

    [Fact]
    public Task Init_Twice_ChangesNothingMore() => PlayAsync(async bench =>
    {
        await bench.InitAsync("--project");
        var once = await File.ReadAllTextAsync(bench.Folder.ProjectSettings);

        await bench.InitAsync("--project");

        (await File.ReadAllTextAsync(bench.Folder.ProjectSettings)).Should().Be(once);
    });

    [Fact]
    public Task Init_ProjectWithOtherHooks_BothRunAndUninstallLeavesTheOthers() => PlayAsync(async bench =>
    {
        var other = bench.Folder.PutProgram("other-hook", "cat >/dev/null; echo called >> \"$0.calls\"");
        var settings = new JsonObject
        {
            ["model"] = "opus",
            ["hooks"] = new JsonObject
            {
                ["PreToolUse"] = new JsonArray(new JsonObject
                {
                    ["matcher"] = "Bash",
                    ["hooks"] = new JsonArray(new JsonObject { ["type"] = "command", ["command"] = other }),
                }),
            },
        }.ToJsonString();
        bench.Folder.Put(bench.Folder.ProjectSettings, settings);

        await bench.InitAsync("--project");
        (await DeniedCallRanAsync(bench)).Should().BeFalse();
        CallsOf(other).Should().Be(1);

        await bench.InitAsync("--project", "--uninstall");
        (await File.ReadAllTextAsync(bench.Folder.ProjectSettings)).Should().Be(settings);
        (await DeniedCallRanAsync(bench)).Should().BeTrue();
        CallsOf(other).Should().Be(2);
    });

    [Fact]
    public Task Uninstall_AfterTheFileWasEdited_LeavesTheEditAndTheOtherHooks() => PlayAsync(async bench =>
    {
        var other = bench.Folder.PutProgram("other-hook", "cat >/dev/null; echo called >> \"$0.calls\"");
        await bench.InitAsync("--project");
        var edited = JsonNode.Parse(await File.ReadAllTextAsync(bench.Folder.ProjectSettings))!.AsObject();
        edited["model"] = "opus";
        edited["hooks"]!["PreToolUse"]!.AsArray().Add(new JsonObject
        {
            ["matcher"] = "*",
            ["hooks"] = new JsonArray(new JsonObject { ["type"] = "command", ["command"] = other }),
        });
        bench.Folder.Put(bench.Folder.ProjectSettings, edited.ToJsonString());

        await bench.InitAsync("--project", "--uninstall");

        var left = await File.ReadAllTextAsync(bench.Folder.ProjectSettings);
        left.Should().Contain("\"opus\"").And.NotContain("guard-hook");
        (await DeniedCallRanAsync(bench)).Should().BeTrue();
        CallsOf(other).Should().Be(1);
    });

    [Fact]
    public Task Init_ProjectWithAComment_IsRefusedUntilRepair() => PlayAsync(async bench =>
    {
        const string Commented = "{\n  // the model that the team agreed on\n  \"model\": \"opus\"\n}\n";
        bench.Folder.Put(bench.Folder.ProjectSettings, Commented);

        var refused = await bench.TryInitAsync("--project");
        refused.ExitCode.Should().Be(BadDocument);
        refused.StandardError.Should().Contain(bench.Folder.ProjectSettings + ":2:3").And.Contain("--repair");
        (await File.ReadAllTextAsync(bench.Folder.ProjectSettings)).Should().Be(Commented);

        await bench.InitAsync("--project", "--repair");
        (await DeniedCallRanAsync(bench)).Should().BeFalse();
        var repaired = JsonNode.Parse(await File.ReadAllTextAsync(bench.Folder.ProjectSettings))!;
        repaired["model"]!.GetValue<string>().Should().Be("opus");
    });

    /// <summary>In the user's settings: the client drops a project's permissions.allow until a person trusts the folder.</summary>
    [Fact]
    public Task Init_UserWithPermissions_TheClientDoesNotAskAboutWhatGuardAllows() => PlayAsync(async bench =>
    {
        await bench.InitAsync("--user", "--permissions");

        await bench.RunAsync(ModelScript.Asking(ToolUse.Bash("touch allowed.txt")), ClientOptions.DefaultPermissions);

        bench.Exists("allowed.txt").Should().BeTrue();
    });

    private Task PlayAsync(Func<GuardedBench, Task> play) =>
        ClientBench.PlayAsync(client => play(new GuardedBench(client, fixture.Gateway)));

    private static async Task<bool> DeniedCallRanAsync(GuardedBench bench)
    {
        bench.Folder.Put(bench.Folder.InProject("locked/keep"), "");
        await bench.RunAsync(ToolUse.Bash("touch locked/made.txt"));
        return bench.Exists("locked/made.txt");
    }

    private static int CallsOf(string hook) => File.Exists(hook + ".calls") ? File.ReadAllLines(hook + ".calls").Length : 0;
}
