using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Guard.Hook.Tests;

/// <summary>Whatever goes wrong, the call does not happen.</summary>
[Collection(HookProcesses.Name)]
public sealed partial class FailureTests(HookBinary hook)
{
    private static readonly byte[] GitStatus = HookBinary.Sample("pre-bash-git-status.json");

    public static TheoryData<string> BadSamples => [.. HookBinary.Samples("bad/*.json")];

    [Theory]
    [MemberData(nameof(BadSamples))]
    public async Task BadInput_IsDenied(string sample)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), HookBinary.Sample(sample)).ShouldDeny("hook");
        gateway.Requests.Should().BeEmpty("what cannot be judged is not asked about");
    }

    [Fact]
    public async Task Input_Over20MiB_IsDenied()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        var input = Encoding.UTF8.GetBytes($$$"""{"tool_name":"Write","tool_input":{"file_path":"/w/a","content":"{{{new string('x', 21 * 1024 * 1024)}}}"}}""");

        hook.Run(home.Pre(), input).ShouldDeny("20 MiB");
    }

    [Fact]
    public async Task Input_OfManySmallThings_IsDeniedForItsSize()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        var input = Encoding.UTF8.GetBytes($$$"""{"tool_name":"X","tool_input":{"a":[{{{string.Join(',', Enumerable.Repeat("\"abcdefgh\"", 200_000))}}}]}}""");

        hook.Run(home.Pre(), input).ShouldDeny("too large");
    }

    [Fact]
    public async Task Input_JustBelowTheLimit_IsJudged()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        var input = Encoding.UTF8.GetBytes($$$"""{"tool_name":"Write","tool_input":{"file_path":"/w/a","content":"{{{new string('x', 20_900_000)}}}"}}""");

        hook.Run(home.Pre(), input).ShouldBeSilent();
    }

    /// <summary>Rows: RFC 9112, and what a broken or wrong server says.</summary>
    public static TheoryData<string, string> BrokenAnswers => new()
    {
        { "", "closed the connection" },
        { "hello\r\n\r\n", "not HTTP" },
        { "HTTP/1.1 200 OK\r\n", "closed the connection" },
        { "HTTP/1.1 200 OK\r\n\r\n{}", "how long" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "Content-Length" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "too long" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"version\":1", "closed the connection" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello", "how long" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "Transfer-Encoding" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "chunk" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "chunk" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n", "too long" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n", "chunk" },
        { "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "CR LF" },
        { "HTTP/1.1 200 OK\r\nX: " + new string('x', 20_000) + "\r\n", "too long" },
        { FakeGateway.Response("hello"), "JSON" },
        { FakeGateway.Response("[]"), "JSON object" },
        { FakeGateway.Response("{}"), "version" },
        { FakeGateway.Response("""{"version":2,"answer":"allow"}"""), "version" },
        { FakeGateway.Response("""{"version":1,"traceId":"another","eventId":"e","answer":"allow","effect":"allow","granted":true,"mode":"enforce","message":"m"}"""), "another request" },
        { FakeGateway.Response("""{"version":1,"traceId":1}"""), "traceId" },
        { FakeGateway.Response("""{"answer":"deny","answer":"allow"}"""), "twice" },
    };

    [Theory]
    [MemberData(nameof(BrokenAnswers))]
    public async Task Answer_Broken_IsDenied(string answer, string because)
    {
        await using var gateway = FakeGateway.OnUnix((stream, _, cancellation) => FakeGateway.WriteAsync(stream, answer, cancellation));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldDeny(because);
    }

    [Theory]
    [InlineData("answer")]
    [InlineData("granted")]
    [InlineData("eventId")]
    [InlineData("effect")]
    [InlineData("message")]
    [InlineData("mode")]
    public async Task Answer_WithoutAMember_IsDenied(string member)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request).Replace($"\"{member}\"", "\"other\"")));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldDeny($"`{member}` is missing");
    }

    [Fact]
    public async Task Answer_ThatContradictsItself_IsDenied()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request).Replace("\"effect\":\"allow\"", "\"effect\":\"deny\"")));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("allows what policy does not");
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(413)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(201)]
    [InlineData(302)]
    public async Task Status_OtherThan200_IsDeniedWithTheDetail(int status)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => """{"code":"some-code","detail":"Key \u001b[2Jrevoked.","status":1}""", status));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldDeny($"({status}, some-code: Key [2Jrevoked)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("null")]
    public async Task Status_OtherThan200WithoutAProblem_IsDenied(string body)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(_ => body, 500));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("(500)");
    }

    [Fact]
    public void Gateway_NotThere_IsDenied()
    {
        using var unix = new HookHome("unix:/nowhere/g.sock");
        hook.Run(unix.Pre(), GitStatus).ShouldDeny("unix:/nowhere/g.sock cannot be reached (no such file). Is it running? Start it with `guard up`.");

        using var tcp = new HookHome("http://localhost:1");
        hook.Run(tcp.Pre(), GitStatus).ShouldDeny("(connection refused)");
    }

    [Fact]
    public async Task Gateway_ThatHangs_IsDeniedAtTheTimeout()
    {
        await using var gateway = FakeGateway.OnUnix((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        using var home = new HookHome(gateway.Url, new { timeoutSeconds = 0.5 });

        hook.Run(home.Pre(), GitStatus).ShouldDeny("did not answer within 0.5 s");
    }

    [Fact]
    public async Task Gateway_ThatDrips_IsDeniedAtTheDeadline()
    {
        await using var gateway = FakeGateway.OnUnix(async (stream, _, cancellation) =>
        {
            await FakeGateway.WriteAsync(stream, "HTTP/1.1 200 OK\r\nX: ", cancellation);
            while (true)
            {
                await FakeGateway.WriteAsync(stream, "x", cancellation);
                await Task.Delay(20, cancellation);
            }
        });
        using var home = new HookHome(gateway.Url, new { timeoutSeconds = 600 });

        hook.Run(home.Pre("--deadline", "0.6"), GitStatus).ShouldDeny("did not answer within");
    }

    [Fact]
    public void Input_ThatNeverEnds_IsDeniedAtTheDeadline()
    {
        using var home = new HookHome("unix:/nowhere/g.sock");
        using var process = HookBinary.Start(home.Pre("--deadline", "0.4"));
        process.StandardInput.Write("{");
        process.StandardInput.Flush();

        var result = new HookResult(Wait(process), process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
        result.ShouldDeny("in time");
    }

    [Fact]
    public async Task Signal_Term_IsDenied()
    {
        var asked = new TaskCompletionSource();
        await using var gateway = FakeGateway.OnUnix((_, _, cancellation) =>
        {
            asked.SetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        });
        using var home = new HookHome(gateway.Url);
        using var process = HookBinary.Start(home.Pre());
        process.StandardInput.BaseStream.Write(GitStatus);
        process.StandardInput.Close();
        await asked.Task;

        Kill(process.Id, 15).Should().Be(0);

        new HookResult(Wait(process), await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync()).ShouldDeny("stopped the hook");
    }

    /// <summary>A file that hangs on opening is outside every wait of the hook's own: the alarm ends it.</summary>
    [Fact]
    public async Task Work_ThatHangsElsewhere_IsDeniedByTheAlarm()
    {
        await using var gateway = FakeGateway.OnTcp((_, _, _) => Task.CompletedTask);
        using var home = new HookHome(gateway.Url.Replace("http:", "https:"), new { caFile = Path.GetTempPath() + Guid.NewGuid() });
        var pipe = JsonDocument.Parse(File.ReadAllText(home.Config)).RootElement.GetProperty("caFile").GetString()!;
        MakePipe(pipe, 0x180).Should().Be(0);

        hook.Run(home.Pre("--deadline", "0.3"), GitStatus).ShouldDeny("the hook's deadline came before a decision");
        File.Delete(pipe);
    }

    [Theory]
    [InlineData("<&-")]
    [InlineData("</dev/null")]
    [InlineData("</")]
    public void Input_ClosedOrEmpty_IsDenied(string redirect)
    {
        using var home = new HookHome("unix:/nowhere/g.sock");
        Shell($"'{HookBinary.FilePath}' pre --config '{home.Config}' {redirect}").ShouldDeny("input");
    }

    [Fact]
    public async Task Output_WhoseReaderIsGone_IsNoSilence()
    {
        var asked = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        await using var gateway = FakeGateway.OnUnix(async (stream, request, cancellation) =>
        {
            asked.SetResult();
            await gone.Task;
            await FakeGateway.WriteAsync(stream, FakeGateway.Response(FakeGateway.Decision(request, "ask")), cancellation);
        });
        using var home = new HookHome(gateway.Url);
        using var process = HookBinary.Start(home.Pre());
        process.StandardInput.BaseStream.Write(GitStatus);
        process.StandardInput.Close();
        await asked.Task;
        process.StandardOutput.Close();
        gone.SetResult();

        Wait(process).Should().Be(2);
    }

    [Theory]
    [InlineData(">&-")]
    [InlineData(">/dev/full")]
    public async Task Output_ThatCannotBeWritten_IsNoSilence(string redirect)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request, "ask")));
        using var home = new HookHome(gateway.Url);

        Shell($"echo '{{\"tool_name\":\"Read\",\"tool_input\":{{\"path\":\"/a\"}}}}' | '{HookBinary.FilePath}' pre --config '{home.Config}' {redirect}").ExitCode.Should().Be(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("before")]
    [InlineData("pre --what")]
    [InlineData("pre --config")]
    [InlineData("pre --config relative.json")]
    [InlineData("pre --config /nowhere/hook.json")]
    [InlineData("pre --deadline 0")]
    [InlineData("pre --deadline x")]
    [InlineData("pre --config /a --config-from-env")]
    public void Usage_Bad_IsDenied(string args) =>
        hook.Run(args.Split(' ', StringSplitOptions.RemoveEmptyEntries), GitStatus).ShouldDeny("guard init");

    [Fact]
    public void HelpAndVersion_ArePrinted()
    {
        hook.Run(["--version"], []).Output.Should().MatchRegex(@"^\d+\.\d+\.\d+\n$");
        hook.Run(["--help"], []).Output.Should().Contain("guard-hook pre").And.Contain("--deadline");
    }

    [Fact]
    public async Task Input_MutatedAtRandom_IsAnAllowOfTheGatewayOrADenial()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        var random = new Random(20260731);
        var seeds = HookBinary.Samples("pre-*.json").Select(HookBinary.Sample).ToArray();
        for (var i = 0; i < 150; i++)
        {
            var input = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var k = random.Next(1, 4); k > 0; k--) input[random.Next(input.Length)] = (byte)random.Next(256);
            var before = gateway.Requests.Count;
            var result = hook.Run(home.Pre(), input);
            if (gateway.Requests.Count > before) result.ShouldBeSilent();
            else result.ShouldDeny("hook");
        }
    }

    private static HookResult Shell(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        return new HookResult(Wait(process), output, error);
    }

    private static int Wait(Process process)
    {
        process.WaitForExit();
        return process.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
