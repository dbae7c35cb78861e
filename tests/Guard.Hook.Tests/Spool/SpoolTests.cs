using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Hook.Tests.Spool;

/// <summary>What no gateway takes is kept, and handed over by the next call that one answers.</summary>
[Collection(HookProcesses.Name)]
public sealed class SpoolTests(HookBinary hook)
{
    private const int Limit = 1024 * 1024;
    private static readonly byte[] GitStatus = HookBinary.Sample("pre-bash-git-status.json");
    private static readonly byte[] Post = HookBinary.Sample("post-bash.json");

    [Fact]
    public void GatewayGone_TheDenialIsKept_WithWhatTheWireWouldHaveCarried()
    {
        using var home = new HookHome("unix:/nowhere/g.sock");

        var said = hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");

        var line = Lines(home).Should().ContainSingle().Subject;
        var denial = JsonSerializer.Deserialize(line, ProtocolJson.Default.SpooledEvent)!.Denial!;
        denial.Reason.Should().Be(said.Error.TrimEnd());
        denial.Reason.Should().Contain(denial.TraceId);
        denial.Request!.TraceId.Should().Be(denial.TraceId);
        denial.Request.Accesses.Should().NotBeEmpty();
        denial.Request.Call.Tool.Should().Be("Bash");
        denial.Hook.Sequence.Should().Be(1);
        File.GetUnixFileMode(SpoolOf(home)).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void GatewayGone_TheOutcomeIsKept_AndNobodyIsTold()
    {
        using var home = new HookHome("unix:/nowhere/g.sock");

        hook.Run(["post", "--config", home.Config], Post).ShouldBeSilent();

        var outcome = JsonSerializer.Deserialize(Lines(home).Single(), ProtocolJson.Default.SpooledEvent)!.Outcome!;
        outcome.Should().BeEquivalentTo(new { Outcome = Outcomes.Succeeded, Event = "PostToolUse", Tool = "Bash" });
        Lines(home).Single().Should().NotContain("clean", "the output itself is not kept either");
    }

    [Fact]
    public async Task NextCallThatIsAnswered_HandsOverEachLineOnce()
    {
        await using var gateway = FakeGateway.OnUnix(Answering);
        using var home = new HookHome("unix:/nowhere/g.sock");
        for (var i = 0; i < 3; i++) hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        hook.Run(["post", "--config", home.Config], Post).ShouldBeSilent();
        var kept = Lines(home);
        Point(home, gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();
        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();

        HandedOver(gateway).Should().ContainSingle().Which.Should().Equal(kept);
        new FileInfo(SpoolOf(home)).Length.Should().Be(0);
        kept.Select(line => JsonSerializer.Deserialize(line, ProtocolJson.Default.SpooledEvent)!.Id).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData(503, """{"code":"audit-unavailable"}""")]
    [InlineData(401, """{"code":"key-revoked"}""")]
    [InlineData(200, """{"version":1,"lines":7,"recorded":7,"refused":0}""")]
    [InlineData(200, """{}""")]
    [InlineData(200, "hello")]
    public async Task HandOver_ThatIsNotSettled_KeepsTheLines(int status, string body)
    {
        await using var gateway = FakeGateway.OnUnix((stream, request, cancellation) =>
            IsSpool(request) ? FakeGateway.WriteAsync(stream, FakeGateway.Response(body, status), cancellation) : Answering(stream, request, cancellation));
        using var home = new HookHome("unix:/nowhere/g.sock");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        var kept = Lines(home);
        Point(home, gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();

        HandedOver(gateway).Should().ContainSingle();
        Lines(home).Should().Equal(kept);
    }

    [Fact]
    public async Task HandOver_ThatHangs_DelaysTheCallByLessThanASecondAndChangesNothing()
    {
        await using var gateway = FakeGateway.OnUnix(async (stream, request, cancellation) =>
        {
            if (!IsSpool(request)) await Answering(stream, request, cancellation);
            else await Task.Delay(Timeout.Infinite, cancellation);
        });
        using var home = new HookHome("unix:/nowhere/g.sock");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        Point(home, gateway.Url);

        var clock = Stopwatch.StartNew();
        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();

        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(10), "the hand-over gives up after half a second; the gateway would never have answered");
        Lines(home).Should().HaveCount(1);
    }

    [Fact]
    public async Task Answer_IsWrittenBeforeTheHandOver()
    {
        var asked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var gateway = FakeGateway.OnUnix(async (stream, request, cancellation) =>
        {
            if (!IsSpool(request))
            {
                await FakeGateway.WriteAsync(stream, FakeGateway.Response(FakeGateway.Decision(request, granted: true)), cancellation);
                return;
            }

            asked.SetResult();
            await release.Task.WaitAsync(cancellation);
        });
        using var home = new HookHome("unix:/nowhere/g.sock");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        Point(home, gateway.Url);

        using var process = HookBinary.Start(home.Pre());
        process.StandardInput.BaseStream.Write(GitStatus);
        process.StandardInput.Close();
        var answer = await process.StandardOutput.ReadLineAsync();
        await asked.Task;

        answer.Should().Contain("allow");
        release.SetResult();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0);
    }

    /// <summary>What an account can put in the place of its own spool.</summary>
    [Theory]
    [InlineData("ln -s /etc/hostname spool")]
    [InlineData("ln -s nowhere spool")]
    [InlineData("mkfifo spool")]
    [InlineData("mkdir spool")]
    [InlineData("printf 'not json\\n' > spool")]
    [InlineData("printf '{\"id\":\"cut' > spool")]
    [InlineData("head -c 3000000 /dev/zero > spool")]
    [InlineData("head -c 200000 /dev/urandom > spool")]
    [InlineData("printf '\\377\\376\\n\\n\\n\\000\\n' > spool")]
    [InlineData("printf '\\n\\n\\n' > spool")]
    [InlineData("echo x > spool; chmod 000 spool")]
    public async Task Spool_Hostile_NeverChangesADecision(string make)
    {
        await using var gateway = FakeGateway.OnUnix(Answering);
        using var home = new HookHome(gateway.Url);
        Directory.CreateDirectory(Path.Combine(home.Folder, "state"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using (var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", make]) { WorkingDirectory = Path.Combine(home.Folder, "state") })!) await shell.WaitForExitAsync();
        var linked = await File.ReadAllTextAsync("/etc/hostname");

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();
        Point(home, "unix:/nowhere/g.sock");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        Point(home, gateway.Url);
        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();

        (await File.ReadAllTextAsync("/etc/hostname")).Should().Be(linked, "a link is never followed");
        gateway.Requests.Where(IsSpool).Should().NotContain(request => request.Json.GetProperty("lines").GetArrayLength() == 0);
    }

    [Fact]
    public async Task LineThatWasCut_CostsNoOther()
    {
        await using var gateway = FakeGateway.OnUnix(Answering);
        using var home = new HookHome("unix:/nowhere/g.sock");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        await File.AppendAllTextAsync(SpoolOf(home), "{\"id\":\"cut");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        Point(home, gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();

        var lines = HandedOver(gateway).Single();
        lines.Should().HaveCount(3);
        lines[1].Should().Be("{\"id\":\"cut");
        JsonSerializer.Deserialize(lines[2], ProtocolJson.Default.SpooledEvent)!.Denial!.Hook.Sequence.Should().Be(2);
    }

    [Fact]
    public async Task Spool_Full_KeepsWhatItHas_AndTheLossShowsInTheNumbers()
    {
        await using var gateway = FakeGateway.OnUnix(Answering);
        using var home = new HookHome("unix:/nowhere/g.sock");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");
        var full = string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 1024))[Lines(home).Single().Length..];
        await File.AppendAllTextAsync(SpoolOf(home), full[..^1]);
        var size = new FileInfo(SpoolOf(home)).Length;

        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");

        new FileInfo(SpoolOf(home)).Length.Should().Be(size).And.BeLessOrEqualTo(Limit);
        hook.Run(["post", "--config", home.Config], Post).Error.Should().StartWith("guard: the outcome was not recorded: ", "now it is lost, so it is said");
        Point(home, gateway.Url);
        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();
        gateway.Requests.First(request => !IsSpool(request)).Json.GetProperty("hook").GetProperty("sequence").GetInt64().Should().Be(4, "2 and 3 never arrive");
    }

    [Fact]
    public async Task HooksAtOnce_LoseNothing()
    {
        await using var gateway = FakeGateway.OnUnix(Answering);
        using var home = new HookHome("unix:/nowhere/g.sock");

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached"))));

        var lines = Lines(home).Select(line => JsonSerializer.Deserialize(line, ProtocolJson.Default.SpooledEvent)!).ToList();
        lines.Should().HaveCount(12);
        lines.Select(line => line.Denial!.Hook.Sequence).Should().BeEquivalentTo(Enumerable.Range(1, 12));
        Point(home, gateway.Url);
        hook.Run(["flush", "--config", home.Config], []).Should().Be(new HookResult(0, "guard: 12 events of the spool were handed over\n", ""));
        hook.Run(["flush", "--config", home.Config], []).Should().Be(new HookResult(0, "guard: the spool is empty\n", ""));
    }

    [Fact]
    public void Flush_WithoutGateway_SaysWhyAndKeepsTheLines()
    {
        using var home = new HookHome("unix:/nowhere/g.sock");
        hook.Run(home.Pre(), GitStatus).ShouldDeny("cannot be reached");

        var result = hook.Run(["flush", "--config", home.Config], []);

        result.ExitCode.Should().Be(2);
        result.Error.Should().StartWith("guard: the spool was not handed over: the gateway at unix:/nowhere/g.sock cannot be reached");
        Lines(home).Should().HaveCount(1);
    }

    [Fact]
    public async Task GatewayThatRefusesTheRequestItself_IsNotAskedWithItAgain()
    {
        await using var gateway = FakeGateway.OnUnix((stream, request, cancellation) =>
            IsSpool(request) ? Answering(stream, request, cancellation) : FakeGateway.WriteAsync(stream, FakeGateway.Response("""{"code":"bad-request"}""", 400), cancellation));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("bad-request");

        var denial = JsonSerializer.Deserialize(Lines(home).Single(), ProtocolJson.Default.SpooledEvent)!.Denial!;
        denial.Request.Should().BeNull();
        denial.Hook.Sequence.Should().Be(1, "its number is taken, so the record needs it");
    }

    [Fact]
    public void LargeCall_IsKeptWithItsPrimaryAccessAlone()
    {
        using var home = new HookHome("unix:/nowhere/g.sock");
        var line = string.Join(" && ", Enumerable.Range(0, 300).Select(i => $"cat /srv/some/long/path/to/a/file/number/{i}"));
        var input = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { session_id = "s", hook_event_name = "PreToolUse", cwd = "/tmp", tool_name = "Bash", tool_input = new { command = line } }));

        hook.Run(home.Pre(), input).ShouldDeny("cannot be reached");

        var kept = Lines(home).Single();
        kept.Length.Should().BeLessOrEqualTo(SpoolRequest.MaxLineBytes);
        JsonSerializer.Deserialize(kept, ProtocolJson.Default.SpooledEvent)!.Denial!.Request!.Accesses.Should().ContainSingle();
    }

    [Fact]
    public async Task Deadline_ComesFirst_TheDenialIsKeptAllTheSame()
    {
        await using var gateway = FakeGateway.OnUnix((_, _, cancellation) => Task.Delay(Timeout.Infinite, cancellation));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre("--deadline", "0.3"), GitStatus).ShouldDeny("did not answer");

        JsonSerializer.Deserialize(Lines(home).Single(), ProtocolJson.Default.SpooledEvent)!.Denial!.Request.Should().NotBeNull();
    }

    [Fact]
    public async Task ClientStopsTheHook_TheDenialIsKept()
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
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();

        process.ExitCode.Should().Be(2);
        JsonSerializer.Deserialize(Lines(home).Single(), ProtocolJson.Default.SpooledEvent)!.Denial!.Reason.Should().Contain("the client stopped the hook");
    }

    internal static Task Answering(Stream stream, Request request, CancellationToken cancellation) => FakeGateway.WriteAsync(
        stream,
        FakeGateway.Response(IsSpool(request)
            ? JsonSerializer.Serialize(new { version = 1, lines = request.Json.GetProperty("lines").GetArrayLength(), recorded = 0, refused = 0 })
            : request.Head.StartsWith("POST /v1/events ", StringComparison.Ordinal) ? """{"version":1,"eventId":"e"}""" : FakeGateway.Decision(request)),
        cancellation);

    internal static bool IsSpool(Request request) => request.Head.StartsWith("POST /v1/events/spooled ", StringComparison.Ordinal);

    internal static IEnumerable<List<string>> HandedOver(FakeGateway gateway) =>
        gateway.Requests.Where(IsSpool).Select(request => request.Json.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!).ToList());

    private static string SpoolOf(HookHome home) => Path.Combine(home.Folder, "state", "spool");

    private static List<string> Lines(HookHome home) => [.. File.ReadAllLines(SpoolOf(home))];

    internal static void Point(HookHome home, string url)
    {
        var settings = JsonSerializer.Deserialize<Dictionary<string, object?>>(File.ReadAllText(home.Config))!;
        settings["gatewayUrl"] = url;
        File.WriteAllText(home.Config, JsonSerializer.Serialize(settings));
    }
}
