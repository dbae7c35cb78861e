using System.Diagnostics;
using System.Net.Sockets;

namespace Guard.Hook.Tests;

/// <summary>What the hook inherits from whoever starts it, and who answers on its socket.</summary>
[Collection(HookProcesses.Name)]
public sealed class SurroundingsTests(HookBinary hook)
{
    private const string Call = """{"session_id":"s","hook_event_name":"PreToolUse","cwd":"/tmp","tool_name":"Read","tool_input":{"file_path":"/tmp/x"}}""";

    /// <summary>
    /// The gateway denies every time, so exit code 0 would be a hole. What ends otherwise than with 2 (the runtime cannot
    /// even start) is blocked by the registration's <c>onFailure</c>; the end-to-end tests show that.
    /// </summary>
    [Theory]
    [InlineData("exec 0<&-", "2")]
    [InlineData("exec 1>&-", "2")]
    [InlineData("exec 2>&-", "2")]
    [InlineData("exec 0<&- 1>&- 2>&-", "2")]
    [InlineData("umask 777", "2")]
    [InlineData("ulimit -f 0", "2")]
    [InlineData("ulimit -n 3", "any")]
    [InlineData("ulimit -n 1", "any")]
    [InlineData("ulimit -v 20000", "any")]
    [InlineData("ulimit -v 500000", "any")]
    [InlineData("ulimit -u 1", "any")]
    [InlineData("ulimit -s 100", "any")]
    [InlineData("trap '' TERM ALRM XFSZ PIPE HUP", "2")]
    public async Task Inherited_Hostile_NeverAllows(string before, string exitCode)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request, "deny", message: "guard: denied by the test.")));
        using var home = new HookHome(gateway.Url);

        var result = Shell(before, home, Call);

        if (exitCode == "any")
            result.ExitCode.Should().NotBe(0);
        else
            result.ExitCode.Should().Be(2, result.Error);
    }

    [Fact]
    public async Task OutputClosed_TheAnswerAsk_BecomesADenial()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request, "ask")));
        using var home = new HookHome(gateway.Url);

        Shell("exec 1>&-", home, Call).ExitCode.Should().Be(2, "the client would take silence for no objection");
    }

    [Fact]
    public async Task FileMaskHostile_TheCounterIsKept()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);

        Shell("umask 777", home, Call).ShouldBeSilent();
        Shell("umask 777", home, Call).ShouldBeSilent();

        gateway.Requests.Select(request => request.Json.GetProperty("hook").GetProperty("sequence").GetInt64()).Should().Equal(1, 2);
    }

    [Fact]
    public async Task FileSizeLimitZero_TheCallIsDecidedWithoutANumber()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);

        Shell("ulimit -f 0", home, Call).ShouldBeSilent();

        gateway.Requests.Single().Json.GetProperty("hook").TryGetProperty("sequence", out _).Should().BeFalse();
    }

    [Fact]
    public void SocketQueue_Full_IsWaitedForUntilTheDeadline()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("guard-hook").FullName, "g.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(0);
        var waiting = FillQueue(path);
        using var home = new HookHome("unix:" + path, new { timeoutSeconds = 0.3 });

        hook.Run(home.Pre(), HookBinary.Sample("pre-bash-git-status.json")).ShouldDeny("did not answer within 0.3 s");

        waiting.ForEach(socket => socket.Dispose());
    }

    /// <summary>Rows: the account that serves the socket is number 1, <c>daemon</c>; the hook's own is root.</summary>
    [RootTheory]
    [InlineData(null, "is served by the account with the number 1, and the gateway runs as this account", false)]
    [InlineData("bin", "is served by the account with the number 1, and the gateway runs as bin", false)]
    [InlineData("nobody-of-that-name", "there is no such account", false)]
    [InlineData("daemon", "the connection", true)]
    public void SocketServedByAnotherAccount_IsRefusedBeforeAnythingIsSent(string? gatewayUser, string because, bool isAsked)
    {
        var folder = Directory.CreateTempSubdirectory("guard-hook").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        var path = Path.Combine(folder, "g.sock");
        const string serve = "require('net').createServer(c => { let n = 0; c.on('data', d => { n += d.length; c.destroy() }); c.on('close', () => { console.log(n > 0); process.exit() }) }).listen(process.argv[1], () => console.log('ready'))";
        using var impostor = Process.Start(new ProcessStartInfo("setpriv", ["--reuid", "1", "--regid", "1", "--clear-groups", "node", "-e", serve, path]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        impostor.StandardOutput.ReadLine().Should().Be("ready");
        using var home = new HookHome("unix:" + path, gatewayUser is null ? null : new { gatewayUser });

        hook.Run(home.Pre(), HookBinary.Sample("pre-bash-git-status.json")).ShouldDeny(because);

        impostor.StandardOutput.ReadLine().Should().Be(isAsked ? "true" : "false");
    }

    private static List<Socket> FillQueue(string path)
    {
        var waiting = new List<Socket>();
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
            waiting.Add(socket);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException)
            {
                return waiting;
            }
        }
    }

    private static HookResult Shell(string before, HookHome home, string input)
    {
        var arguments = string.Join(' ', home.Pre());
        var start = new ProcessStartInfo("/bin/bash", ["-c", $"{before}; exec {HookBinary.FilePath} {arguments}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Its input is closed in some of the cases.
        }

        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new HookResult(process.ExitCode, output, error.Result);
    }
}
