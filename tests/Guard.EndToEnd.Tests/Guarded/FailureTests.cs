using System.Text;
using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.StandIn;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>
/// Whatever breaks between the client and the decision, the tool does not run. Each case shows first that the call runs,
/// breaks one thing in the middle of the session, and asks for the same kind of call again; permissions are skipped.
/// </summary>
public sealed class FailureTests
{
    /// <summary>What a gateway that is not Guard's, or a proxy in between, may answer to any request.</summary>
    public static TheoryData<string, string> Garbage => new()
    {
        { "nothing", "" },
        { "not HTTP", "SSH-2.0-OpenSSH_9.2\r\n" },
        { "an empty object, as a careless proxy answers", Http("200 OK", "{}") },
        { "an allow without the rest", Http("200 OK", """{"answer":"allow"}""") },
        { "an allow for another trace", Http("200 OK", """{"version":1,"traceId":"0198c0de-0000-7000-8000-000000000000","eventId":"x","answer":"allow","effect":"allow","granted":true,"mode":"enforce","message":"go on"}""") },
        { "a cut allow", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"version\":1,\"answer\":\"allow\"" },
        { "a redirect", "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n" },
        { "no content", "HTTP/1.1 204 No Content\r\n\r\n" },
        { "a page", Http("200 OK", "<html>welcome</html>") },
        { "an error", Http("500 Internal Server Error", "{}") },
    };

    [Fact]
    public Task Gateway_KilledMidSession_TheToolDoesNotRun() => BreakAsync(bench => bench.Gateway.KillAsync(), "gateway");

    [Fact]
    public Task Gateway_UpAgainAfterAKill_TheSessionGoesOnWithTheSameKey() => GuardedBench.PlayAloneAsync("workbench", async bench =>
    {
        var third = ToolUse.Bash("touch third.txt");
        var script = ModelScript.Asking(ToolUse.Bash("touch first.txt"))
            .Then(bench.Gateway.KillAsync, ToolUse.Bash("touch second.txt"))
            .Then(bench.Gateway.UpAgainAsync, third);

        var run = await bench.RunAsync(script, ClientOptions.SkipPermissions);

        bench.Exists("second.txt").Should().BeFalse();
        bench.Exists("third.txt").Should().BeTrue();
        (await bench.DecisionOnAsync(run, third)).Effect.Should().Be(Effects.Allow);
        (await bench.EventsOfAsync(run)).Select(recorded => recorded.Kind).Should().BeEquivalentTo(
            [AuditKinds.Decision, AuditKinds.Outcome, AuditKinds.HookDenied, AuditKinds.Decision, AuditKinds.Outcome],
            "the second call was denied by the hook alone, and the third handed that over");
    });

    [Fact]
    public Task Gateway_HangingMidSession_TheToolDoesNotRun() => BreakAsync(
        bench =>
        {
            bench.Gateway.Configure(settings => settings["timeoutSeconds"] = 1);
            bench.Gateway.Freeze();
            return Task.CompletedTask;
        },
        "did not answer");

    [Fact]
    public Task Key_RevokedMidSession_TheToolDoesNotRun() => BreakAsync(
        async bench =>
        {
            var agent = await bench.Gateway.CreateAgentAsync("short-lived");
            bench.Gateway.Configure(settings => settings["apiKey"] = agent.ApiKey);
        },
        async bench => await bench.Gateway.AdministerAsync("agent", "revoke", "short-lived"),
        "key");

    [Fact]
    public Task HookSettings_DamagedMidSession_TheToolDoesNotRun() => BreakAsync(
        bench => File.WriteAllTextAsync(bench.Gateway.HookConfiguration, "{ \"gatewayUrl\": "),
        "hook.json");

    [Fact]
    public Task HookSettings_DeletedMidSession_TheToolDoesNotRun() => BreakAsync(
        bench =>
        {
            File.Delete(bench.Gateway.HookConfiguration);
            return Task.CompletedTask;
        },
        "hook.json");

    [Theory]
    [InlineData("crashes with SIGSEGV", "kill -SEGV $$")]
    [InlineData("crashes with SIGABRT, as a .NET program does", "kill -ABRT $$")]
    [InlineData("is killed", "kill -KILL $$")]
    [InlineData("exits with 1", "exit 1")]
    [InlineData("cannot be executed", null)]
    [InlineData("is gone", "")]
    public Task Hook_BrokenMidSession_TheToolDoesNotRun(string how, string? shell) => ClientBench.PlayAsync(async client =>
    {
        await using var gateway = await Gateway.StartAsync();
        var bench = new GuardedBench(client, gateway);
        var hook = Path.Combine(bench.Folder.Root, "guard-hook");
        File.Copy(Path.Combine(GuardDistribution.Folder, "guard-hook"), hook);
        await bench.InitAsync("--project", "--hook", hook);

        await PlayAsync(bench, () =>
        {
            // A new file: the running one may be busy.
            File.Delete(hook);
            if (shell is { Length: > 0 })
                bench.Folder.PutProgram("guard-hook", shell);
            else if (shell is null)
                File.WriteAllText(hook, "no program");
            return Task.CompletedTask;
        }, how);
    });

    [Theory]
    [MemberData(nameof(Garbage))]
    public Task Gateway_AnsweringGarbage_TheToolDoesNotRun(string kind, string answer) => ClientBench.PlayAsync(async client =>
    {
        await using var gateway = await Gateway.StartAsync();
        var bench = new GuardedBench(client, gateway);
        await bench.InitAsync("--project");
        await using var impostor = new Impostor(Path.Combine(bench.Folder.Root, "impostor.sock"), Encoding.ASCII.GetBytes(answer));

        var (_, result) = await PlayAsync(bench, () =>
        {
            gateway.Configure(settings => settings["gatewayUrl"] = "unix:" + impostor.SocketPath);
            return Task.CompletedTask;
        }, kind);

        result.Text.Should().Contain("guard: denied");
        impostor.Connections.Should().BePositive("the hook asked the impostor");
    });

    private static Task BreakAsync(Func<GuardedBench, Task> breakIt, string reason) => BreakAsync(_ => Task.CompletedTask, breakIt, reason);

    private static Task BreakAsync(Func<GuardedBench, Task> prepare, Func<GuardedBench, Task> breakIt, string reason) =>
        GuardedBench.PlayAloneAsync("workbench", async bench =>
        {
            await prepare(bench);

            var (_, result) = await PlayAsync(bench, () => breakIt(bench), reason);

            result.Text.Should().Contain("guard: denied").And.Contain(reason);
        });

    private static async Task<(ClientRun Run, ToolResult Second)> PlayAsync(GuardedBench bench, Func<Task> breakIt, string because)
    {
        var second = ToolUse.Bash("touch second.txt");
        var script = ModelScript.Asking(ToolUse.Bash("touch first.txt")).Then(breakIt, second);

        var run = await bench.RunAsync(script, ClientOptions.SkipPermissions);

        bench.Exists("first.txt").Should().BeTrue("nothing was broken yet");
        bench.Exists("second.txt").Should().BeFalse(because);
        var result = run.ResultOf(second);
        result.IsError.Should().BeTrue(because);
        return (run, result);
    }

    private static string Http(string status, string body) =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
}
