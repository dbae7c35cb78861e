using System.Text;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Hook.Tests;

[Collection(HookProcesses.Name)]
public sealed class DecisionTests(HookBinary hook)
{
    private static readonly byte[] GitStatus = HookBinary.Sample("pre-bash-git-status.json");

    [Fact]
    public async Task Allow_NotGranted_IsSilent()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();
    }

    [Theory]
    [InlineData("allow", true, "allow")]
    [InlineData("ask", false, "ask")]
    public async Task AllowGrantedOrAsk_IsTheClientsJson(string answer, bool granted, string decision)
    {
        await using var gateway = FakeGateway.OnTcp(FakeGateway.Replying(request => FakeGateway.Decision(request, answer, granted, "guard: because\u001b[31m \u2028x")));
        using var home = new HookHome(gateway.Url);

        var result = hook.Run(home.Pre(), GitStatus);

        result.ExitCode.Should().Be(0);
        result.Error.Should().BeEmpty();
        result.Output.Should().Be($$$"""{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"{{{decision}}}","permissionDecisionReason":"guard: because[31m  x"}}""" + "\n");
    }

    [Theory]
    [InlineData("deny")]
    [InlineData("approve")]
    [InlineData("ALLOW")]
    [InlineData("")]
    public async Task AnyOtherAnswer_IsADenial(string answer)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request, answer, granted: true, message: "guard: denied by policy p, rule r: No. (trace t)")));
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldDeny("rule r: No.");
    }

    [Fact]
    public async Task ChunkedAnswer_IsRead()
    {
        await using var gateway = FakeGateway.OnUnix(async (stream, request, cancellation) =>
        {
            var body = FakeGateway.Decision(request);
            await FakeGateway.WriteAsync(stream, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", cancellation);
            foreach (var part in body.Chunk(40)) await FakeGateway.WriteAsync(stream, $"{part.Length:x};x=y\r\n{new string(part)}\r\n", cancellation);
            await FakeGateway.WriteAsync(stream, "0\r\nTrailer: x\r\n\r\n", cancellation);
        });
        using var home = new HookHome(gateway.Url);

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();
    }

    public static TheoryData<string> PreSamples => [.. HookBinary.Samples("pre-*.json")];

    [Theory]
    [MemberData(nameof(PreSamples))]
    public async Task Request_OfEverySample_IsARecordOfTheProtocol(string sample)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url, new { traceHeader = "X-Trace" });

        hook.Run(home.Pre(), HookBinary.Sample(sample)).ShouldBeSilent();

        var sent = gateway.Requests.Single();
        var request = JsonSerializer.Deserialize(sent.Body, ProtocolJson.Default.DecisionRequest)!;
        request.Version.Should().Be(Wire.Version);
        request.Hook.Analyser.Should().Be(Wire.AnalyserVersion);
        request.Hook.AgentName.Should().Be("test");
        request.Hook.Sequence.Should().Be(1);
        request.Mode.Should().Be(Modes.Enforce);
        request.Call.Input!.Value.ValueKind.Should().Be(JsonValueKind.Object);
        request.Call.Workspace!.Written.Should().Be("/home/dev/app");
        request.Call.SessionId.Should().NotBeEmpty();
        request.Accesses[0].Primary.Should().BeTrue();
        sent.Head.Should().StartWith("POST /v1/decisions HTTP/1.1\r\n").And.Contain("Authorization: Bearer guard_agent_test").And.Contain("X-Trace: " + request.TraceId);
        // Nothing is lost between the hand-written text and the record.
        JsonSerializer.SerializeToElement(request, ProtocolJson.Default.DecisionRequest).GetProperty("accesses").GetArrayLength().Should().Be(sent.Json.GetProperty("accesses").GetArrayLength());
        sent.Body.Should().NotContain(":null");
    }

    [Fact]
    public async Task Sequence_OverManyHooksAtOnce_HasNoGapAndNoDouble()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Task.Run(() => hook.Run(home.Pre(), GitStatus).ShouldBeSilent())));

        gateway.Requests.Select(request => request.Json.GetProperty("hook").GetProperty("sequence").GetInt64()).Order().Should().Equal(Enumerable.Range(1, 12).Select(n => (long)n));
        gateway.Requests.Select(request => request.Json.GetProperty("hook").GetProperty("installation").GetString()).Distinct().Should().ContainSingle();
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("79bae90a-2d60-4fd4-a002-3227d29cb420 9223372036854775807\n")]
    public async Task Sequence_ThatCannotBeKept_IsLeftOut(string content)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        Directory.CreateDirectory(Path.Combine(home.Folder, "state"));
        File.WriteAllText(Path.Combine(home.Folder, "state", "installation"), content);

        hook.Run(home.Pre(), GitStatus).ShouldBeSilent();

        gateway.Requests.Single().Json.GetProperty("hook").TryGetProperty("sequence", out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("enforce", 2)]
    [InlineData("audit", 0)]
    public async Task AuditMode_NotAskedFor_IsDenied(string asked, int exitCode)
    {
        await using var gateway = FakeGateway.OnTcp(FakeGateway.Replying(request =>
            FakeGateway.Decision(request).Replace("\"mode\":\"enforce\"", "\"mode\":\"audit\"", StringComparison.Ordinal)));
        using var home = new HookHome(gateway.Url, new { mode = asked });

        var result = hook.Run(home.Pre(), HookBinary.Sample("pre-bash-git-status.json"));

        result.ExitCode.Should().Be(exitCode);
        if (exitCode == 2) result.ShouldDeny("this hook is set to enforce");
    }

    [Fact]
    public async Task AuditMode_IsOnlyAskedFor()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request, "deny", message: "guard: denied by the floor")));
        using var home = new HookHome(gateway.Url, new { mode = "audit" });

        hook.Run(home.Pre(), GitStatus).ShouldDeny("by the floor");
        gateway.Requests.Single().Json.GetProperty("mode").GetString().Should().Be("audit");
    }

    [Fact]
    public async Task ManualTry_WithSettingsFromTheEnvironment_Works()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        var folder = Directory.CreateTempSubdirectory("guard-manual").FullName;
        var environment = new Dictionary<string, string>
        {
            ["GUARD_API_KEY"] = "guard_agent_test",
            ["GUARD_GATEWAY_URL"] = gateway.Url,
            ["GUARD_AGENT_NAME"] = "by-hand",
            ["GUARD_TIMEOUT"] = "5",
            ["GUARD_TRACE_HEADER"] = "T",
            ["GUARD_MODE"] = "audit",
            ["http_proxy"] = "http://127.0.0.1:1",
            ["ALL_PROXY"] = "http://127.0.0.1:1",
        };

        hook.Run(["pre", "--config-from-env"], """{"tool_name": "Read", "tool_input": {"path": "README.md"}}"""u8.ToArray(), environment, folder).ShouldBeSilent();

        var json = gateway.Requests.Single().Json;
        json.GetProperty("accesses")[0].GetProperty("resource").GetString().Should().Be(folder + "/README.md");
        json.GetProperty("call").GetProperty("workspace").GetProperty("written").GetString().Should().Be(folder);
        json.GetProperty("hook").GetProperty("agentName").GetString().Should().Be("by-hand");
        Directory.Delete(folder);
    }

    [Fact]
    public async Task Content_OfAWrite_NeverLeavesTheProcess()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        var input = Encoding.UTF8.GetBytes($$$"""{"session_id":"s","cwd":"/w","tool_name":"Write","tool_input":{"file_path":"/w/a","content":"hunter2{{{new string('x', 3_000_000)}}}"}}""");

        hook.Run(home.Pre(), input).ShouldBeSilent();

        gateway.Requests.Single().Body.Should().NotContain("hunter2").And.Contain("$digest");
    }

    [Fact]
    public async Task Trace_WhenAskedFor_TellsTheStoryWithoutTheKey()
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        var file = Path.Combine(home.Folder, "trace.log");

        hook.Run(home.Pre("--trace", file), GitStatus).ShouldBeSilent();

        File.ReadAllText(file).Should().Contain("execute:shell git status").And.Contain("connected to unix:").And.Contain("exit 0").And.NotContain("guard_agent_test");
        File.GetUnixFileMode(file).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData("claude-code_2-1-329_agent", "2.1.329")]
    [InlineData("claude-code/2.1.329/harness", "2.1.329")]
    [InlineData("claude-code_2-1-329", "2.1.329")]
    [InlineData("claude-code", null)]
    [InlineData("claude-code__agent", null)]
    [InlineData("claude-code_\u001b[31m_agent", null)]
    [InlineData("claude-code_123456789.123456789.123456789.123_agent", null)]
    [InlineData("other_2-1-329_agent", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task Pre_ClientStatesItsVersion_IsSent(string? stated, string? version)
    {
        await using var gateway = FakeGateway.OnUnix(FakeGateway.Replying(request => FakeGateway.Decision(request)));
        using var home = new HookHome(gateway.Url);
        var environment = new Dictionary<string, string>();
        if (stated is not null) environment["AI_AGENT"] = stated;

        hook.Run(home.Pre(), """{"tool_name": "Read", "tool_input": {"path": "README.md"}}"""u8.ToArray(), environment).ShouldBeSilent();

        gateway.Requests.Single().Json.GetProperty("hook").TryGetProperty("clientVersion", out var sent).Should().Be(version is not null);
        if (version is not null) sent.GetString().Should().Be(version);
    }
}
