using System.Net;
using System.Text;
using System.Text.Json;
using Guard.Gateway.Decisions;
using Guard.Gateway.Tests.Audit;
using Guard.Policy;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Decisions;

public abstract class DecisionTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public async Task Decision_OfEachEffect_AnswersAndIsRecorded()
    {
        await using var gateway = await StartAsync();

        var allowed = await gateway.DecideAsync(Some.Read());
        var denied = await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env"));
        var asked = await gateway.DecideAsync(Some.Write());
        var approve = await gateway.DecideAsync(Some.Call(Actions.WriteWeb, "https://example.com/upload", "WebFetch"));
        var unmatched = await gateway.DecideAsync(Some.Call(Actions.DelegateAgent, "helper", "Agent"));

        allowed.Should().BeEquivalentTo(new { Answer = "allow", Effect = "allow", Granted = false, Mode = "enforce", Policy = "everyday", Rule = "project-files" });
        denied.Should().BeEquivalentTo(new { Answer = "deny", Effect = "deny", Granted = false, Policy = "everyday", Rule = "credentials" });
        denied.Message.Should().Be($"guard: denied by policy everyday, rule credentials: Credential files are off limits. (trace {denied.TraceId})");
        asked.Should().BeEquivalentTo(new { Answer = "ask", Effect = "ask", Rule = "changes" });
        approve.Should().BeEquivalentTo(new { Answer = "deny", Effect = "approve", Rule = "release" });
        approve.Message.Should().Be($"guard: denied by policy everyday, rule release: Releases need a second pair of eyes. {DecisionMessage.NoApprovals} (trace {approve.TraceId})");
        unmatched.Should().BeEquivalentTo(new { Answer = "deny", Effect = "deny", Policy = (string?)null });
        unmatched.Message.Should().StartWith("guard: denied: no rule allows `delegate:agent");

        var events = (await gateway.EventsAsync("?session=session-1")).Events;
        events.Select(e => (e.Id, e.TraceId, e.Effect, e.Answer)).Should().Equal(
            new[] { unmatched, approve, asked, denied, allowed }.Select(r => ((string, string?, string?, string?))(r.EventId, r.TraceId, r.Effect, r.Answer)));
        events.Should().OnlyContain(e => e.Kind == AuditKinds.Decision && e.Organisation == "default" && e.Owner == "ada" && e.AgentName == "first" && e.AgentLabel == "dev-box"
            && e.Installation == "i-1" && e.Sequence == 1 && e.Analyser == Wire.AnalyserVersion && e.Client == "claude-code" && e.Bundle == gateway.Host.Policies.Bundle && e.Accesses!.Count == 1);
    }

    [Fact]
    public async Task Decision_AllowedByAGrantingRule_IsGranted()
    {
        await using var gateway = await StartAsync();

        var response = await gateway.DecideAsync(Some.Call(Actions.ExecuteShell, "git status", "Bash"));

        response.Should().BeEquivalentTo(new { Answer = "allow", Granted = true, Rule = "status" });
    }

    [Fact]
    public async Task Decision_WithTheSameTraceTwice_IsAConflict()
    {
        await using var gateway = await StartAsync();
        var request = Some.Read();
        await gateway.DecideAsync(request);

        var refused = await gateway.RefusedAsync(request, HttpStatusCode.Conflict);

        refused.Should().BeEquivalentTo(new { Code = "trace-reused", request.TraceId, Status = 409 });
        (await gateway.EventsAsync($"?trace={request.TraceId}")).Events.Should().ContainSingle();
    }

    [Fact]
    public async Task Decision_WithATraceOfAnotherAgent_IsTheAgentsOwn()
    {
        await using var gateway = await StartAsync();
        var other = await gateway.CreateAgentAsync("other");
        var request = Some.Read();
        await gateway.DecideAsync(request);

        (await gateway.DecideAsync(request, other.ApiKey)).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Decision_OfATooOldAnalyser_IsDeniedInEveryMode()
    {
        await using var gateway = await StartAsync(adjust: options => options with { MinimumAnalyser = Wire.AnalyserVersion + 1, FirstAgent = options.FirstAgent with { AuditModeAllowed = true } });

        var response = await gateway.DecideAsync(Some.Read() with { Mode = Modes.Audit });

        response.Should().BeEquivalentTo(new { Answer = "deny", Effect = "deny", Mode = "enforce" });
        response.Message.Should().Contain($"the hook's analyser has version {Wire.AnalyserVersion} and this gateway needs {Wire.AnalyserVersion + 1} or later; update guard-hook");
    }

    [Fact]
    public async Task AuditMode_WhereTheAgentMayUseIt_RecordsAndAllows()
    {
        await using var gateway = await StartAsync();
        var agent = await gateway.CreateAgentAsync("trial", auditMode: true);

        var response = await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env") with { Mode = Modes.Audit }, agent.ApiKey);

        response.Should().BeEquivalentTo(new { Answer = "allow", Effect = "deny", Granted = false, Mode = "audit" });
        response.Message.Should().StartWith("guard: recorded only, would be denied by policy everyday, rule credentials:");
        (await gateway.EventsAsync("?agent=trial")).Events.Single().Should().BeEquivalentTo(new { Effect = "deny", Answer = "allow", Mode = "audit" });
    }

    [Fact]
    public async Task AuditMode_WhereTheAgentMayNotUseIt_Enforces()
    {
        await using var gateway = await StartAsync();

        var response = await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env") with { Mode = Modes.Audit });

        response.Should().BeEquivalentTo(new { Answer = "deny", Effect = "deny", Mode = "enforce" });
    }

    [Theory]
    [InlineData("/home/dev/app/.claude/settings.json", Actions.WriteFile)] // POLICY-LANGUAGE: the floor, write of .claude
    [InlineData("/home/dev/app/.git/config", Actions.WriteFile)] // POLICY-LANGUAGE: the floor, .git/config
    public async Task AuditMode_AgainstTheFloor_DoesNotHelp(string path, string action)
    {
        await using var gateway = await StartAsync(adjust: options => options with { FirstAgent = options.FirstAgent with { AuditModeAllowed = true } });

        var response = await gateway.DecideAsync(Some.Call(action, path, "Write") with { Mode = Modes.Audit });

        response.Should().BeEquivalentTo(new { Answer = "deny", Effect = "deny", Mode = "enforce", Policy = "floor" });
    }

    [Fact]
    public async Task AuditMode_WhereAPolicyAndTheFloorDenyOneCall_Enforces()
    {
        await using var gateway = await StartAsync(
            "name: aaa\nrules:\n  - { id: no-reads, effect: deny, actions: [\"read:file\"] }\n",
            options => options with { FirstAgent = options.FirstAgent with { AuditModeAllowed = true } });
        var request = Some.Read();
        var both = request with { Mode = Modes.Audit, Accesses = [.. request.Accesses, Some.Write("/home/dev/app/.git/config").Accesses[0] with { Primary = false }] };

        (await gateway.DecideAsync(both)).Should().BeEquivalentTo(new { Answer = "deny", Mode = "enforce" });
    }

    [Fact]
    public async Task Floor_ProtectsTheStoreAndTheSocketOfThisGateway()
    {
        await using var gateway = await StartAsync(
            "name: open\nrules:\n  - { id: all, effect: allow, actions: [\"*\"] }\n",
            options => options with { UnixSocketPath = Path.Combine(options.DataDirectory, "s") });

        (await gateway.DecideAsync(Some.Read("/home/dev/app/a"))).Answer.Should().Be("allow");
        (await gateway.DecideAsync(Some.Read(gateway.DatabasePath))).Should().BeEquivalentTo(new { Answer = "deny", Policy = "floor" });
        (await gateway.DecideAsync(Some.Write(gateway.Options.UnixSocketPath!))).Should().BeEquivalentTo(new { Answer = "deny", Policy = "floor" });
        (await gateway.DecideAsync(Some.Call(Actions.ReadWebFetch, gateway.Host.Addresses[1] + "/v1/agents", "WebFetch"))).Should().BeEquivalentTo(new { Answer = "deny", Policy = "floor" });
        (await gateway.DecideAsync(Some.Call(Actions.ReadWebFetch, gateway.Host.Addresses[1].Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "WebFetch"))).Should().BeEquivalentTo(new { Answer = "deny", Policy = "floor" });
    }

    [Fact]
    public async Task Session_ThatChangesItsWorkspace_LosesItsAllows()
    {
        await using var gateway = await StartAsync();
        var elsewhere = new Place { Written = "/etc", Real = "/etc" };
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);

        var moved = Some.Read("/etc/passwd");
        var response = await gateway.DecideAsync(moved with { Call = moved.Call with { Workspace = elsewhere } });

        response.Answer.Should().Be(Effects.Deny);
        (await gateway.DecideAsync(moved with { TraceId = Some.Trace(), Call = moved.Call with { Workspace = elsewhere, SessionId = "another" } })).Answer.Should().Be(Effects.Allow, "another session may have another workspace");
    }

    [Fact]
    public async Task Session_AfterARestart_KeepsItsWorkspace()
    {
        var first = await StartAsync();
        await first.DecideAsync(Some.Read());

        await using var gateway = await first.RestartAsync();
        var moved = Some.Read("/etc/passwd");
        var response = await gateway.DecideAsync(moved with { Call = moved.Call with { Workspace = new Place { Written = "/etc", Real = "/etc" } } });

        response.Answer.Should().Be(Effects.Deny);
    }

    [Fact]
    public async Task Session_WithoutAWorkspaceFirst_CannotStateOneLater()
    {
        await using var gateway = await StartAsync();
        var none = Some.Read();
        (await gateway.DecideAsync(none with { Call = none.Call with { Workspace = null } })).Answer.Should().Be(Effects.Deny);

        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Deny);
    }

    [Fact]
    public async Task Session_WhoseFirstEventWasNotRecorded_IsNotPinnedByIt()
    {
        FailingStore? store = null;
        await using var gateway = await StartAsync(store: database => store = new FailingStore(database));
        var elsewhere = Some.Read("/etc/hosts") is var request ? request with { Call = request.Call with { Workspace = new Place { Written = "/etc", Real = "/etc" } } } : null!;
        store!.Fails = true;
        await gateway.RefusedAsync(elsewhere, HttpStatusCode.ServiceUnavailable);
        store.Fails = false;

        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        (await gateway.DecideAsync(elsewhere with { TraceId = Some.Trace() })).Answer.Should().Be(Effects.Deny, "the recorded event has pinned the session");
    }

    [Fact]
    public async Task Call_WithoutASession_UsesTheWorkspaceItStates()
    {
        await using var gateway = await StartAsync();

        (await gateway.DecideAsync(Some.Read(session: null))).Answer.Should().Be(Effects.Allow);
    }

    public static TheoryData<string, Func<DecisionRequest, DecisionRequest>, string> Bent => new()
    {
        { "wire version", r => r with { Version = 2 }, "wire version 2" },
        { "trace not a uuid", r => r with { TraceId = "trace-1" }, "`traceId` must be a UUIDv7" },
        { "trace of version 4", r => r with { TraceId = Guid.NewGuid().ToString() }, "`traceId` must be a UUIDv7" },
        { "trace in upper case", r => r with { TraceId = r.TraceId.ToUpperInvariant() + "" }, "`traceId` must be a UUIDv7" },
        { "no access", r => r with { Accesses = [] }, "`accesses` is empty" },
        { "two primaries", r => r with { Accesses = [r.Accesses[0], r.Accesses[0]] }, "more than one primary" },
        { "action unknown", r => r with { Accesses = [r.Accesses[0] with { Action = "read:fil" }] }, "`accesses[0].action` is not an action" },
        { "action with a wildcard", r => r with { Accesses = [r.Accesses[0] with { Action = "read:*" }] }, "`accesses[0].action` is not an action" },
        { "action empty", r => r with { Accesses = [r.Accesses[0] with { Action = "" }] }, "`accesses[0].action` is empty" },
        { "NUL in a resource", r => r with { Accesses = [r.Accesses[0] with { Resource = "/home/dev/app/.env\0.md" }] }, "`accesses[0].resource` holds a NUL" },
        { "NUL in a word", r => r with { Accesses = [r.Accesses[0] with { Words = ["a\0b"] }] }, "`accesses[0].words` holds a NUL" },
        { "command that was not taken apart", r => r with { Accesses = [new Access { Action = Actions.ExecuteShell, Resource = "git status; rm -rf /", Primary = true }] }, "`accesses[0].words` is missing" },
        { "command of no words", r => r with { Accesses = [r.Accesses[0], new Access { Action = Actions.ExecuteShell, Resource = "git status", Words = [] }] }, "`accesses[1].words` is missing" },
        { "unknown with a resource", r => r with { Accesses = [r.Accesses[0] with { Unknown = true }] }, "must be `?`" },
        { "mode", r => r with { Mode = "off" }, "`mode` must be" },
        { "relative workspace", r => r with { Call = r.Call with { Workspace = new Place { Written = "app" } } }, "`call.workspace` must be an absolute path" },
        { "session too long", r => r with { Call = r.Call with { SessionId = new string('s', 300) } }, "`call.sessionId` is longer than 256" },
        { "tool empty", r => r with { Call = r.Call with { Tool = "" } }, "`call.tool` is empty" },
        { "sequence", r => r with { Hook = r.Hook with { Sequence = 0 } }, "`hook.sequence` must count from 1" },
        { "sequence beyond a double", r => r with { Hook = r.Hook with { Sequence = 1L << 53 } }, "to at most 9007199254740991" },
    };

    [Theory]
    [MemberData(nameof(Bent))]
    public async Task Request_BentInOnePlace_IsRefusedByName(string what, Func<DecisionRequest, DecisionRequest> bend, string expected)
    {
        await using var gateway = await StartAsync();

        var problem = await gateway.RefusedAsync(bend(Some.Read()), HttpStatusCode.BadRequest);

        problem.Detail.Should().Contain(expected, what);
        (await gateway.EventsAsync("?kind=decision")).Events.Should().BeEmpty();
    }

    [Fact]
    public async Task Request_WithTooManyAccesses_IsRefused()
    {
        await using var gateway = await StartAsync();
        var request = Some.Read();
        var many = Enumerable.Repeat(request.Accesses[0] with { Primary = false }, Wire.MaxAccesses + 1).ToList();

        var problem = await gateway.RefusedAsync(request with { Accesses = many }, HttpStatusCode.RequestEntityTooLarge);

        problem.Code.Should().Be("too-many-accesses");
        (await gateway.DecideAsync(request with { Accesses = many[1..] })).Answer.Should().Be(Effects.Allow, "the limit itself is judged");
    }

    [Theory]
    [InlineData("", "bad-request")]
    [InlineData("null", "bad-request")]
    [InlineData("[]", "bad-request")]
    [InlineData("{", "bad-request")]
    [InlineData("{\"version\":1}", "bad-request")]
    [InlineData("\u00ff\u00fe", "bad-request")]
    public async Task Body_ThatIsNotTheRecord_IsRefused(string body, string code)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Post, Wire.DecisionsPath, gateway.Credentials.AgentKey, body);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Code.Should().Be(code);
    }

    [Theory]
    [InlineData("\"tool\":\"Read\"", "\"tool\":\"Read\",\"tool\":\"Bash\"")] // the same member twice
    [InlineData("\"version\":1", "\"version\":1,\"effect\":\"allow\"")] // a member nobody knows
    [InlineData("\"tool\":\"Read\"", "\"tool\":\"\\ud800\"")] // half of a surrogate pair
    [InlineData("\"input\":{", "\"input\":{\"x\":\"\\udc00\",")]
    [InlineData("\"input\":{", "\"input\":{\"\\udc00\":1,")]
    [InlineData("\"input\":{", "\"input\":{\"a\":1,\"a\":2,")] // twice inside the input
    [InlineData("\"version\":1", "\"version\":\"1\"")]
    [InlineData("\"accesses\":[", "\"accesses\":[null,")]
    [InlineData("\"homes\":[", "\"homes\":[null,")]
    public async Task Body_HostileInOnePlace_IsRefused(string from, string to)
    {
        await using var gateway = await StartAsync();
        var body = JsonSerializer.Serialize(Some.Read(), ProtocolJson.Default.DecisionRequest);
        body.Should().Contain(from);

        var response = await gateway.SendAsync(HttpMethod.Post, Wire.DecisionsPath, gateway.Credentials.AgentKey, body.Replace(from, to, StringComparison.Ordinal));

        await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest);
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow, "the gateway goes on");
    }

    [Fact]
    public async Task Body_NestedTooDeep_IsRefused()
    {
        await using var gateway = await StartAsync();
        var body = JsonSerializer.Serialize(Some.Read(), ProtocolJson.Default.DecisionRequest);
        var deep = new StringBuilder().Insert(0, "[", 500).Append(']', 500).ToString();

        var response = await gateway.SendAsync(HttpMethod.Post, Wire.DecisionsPath, gateway.Credentials.AgentKey, body.Replace("\"input\":{", $"\"input\":{{\"x\":{deep},", StringComparison.Ordinal));

        await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Body_OverTheLimit_IsRefusedWhetherStatedOrChunked()
    {
        await using var gateway = await StartAsync();
        var body = new byte[Wire.MaxDecisionRequestBytes + 1];

        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Wire.DecisionsPath) { Content = new ByteArrayContent(body) };
            request.Headers.Authorization = new("Bearer", gateway.Credentials.AgentKey);
            request.Headers.TransferEncodingChunked = chunked;
            var response = await gateway.Http.SendAsync(request);

            (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.RequestEntityTooLarge)).Code.Should().Be("body-too-large");
        }
    }

    [Fact]
    public async Task Body_AtTheLimit_IsDecided()
    {
        await using var gateway = await StartAsync();
        var request = Some.Read();
        var size = JsonSerializer.SerializeToUtf8Bytes(request, ProtocolJson.Default.DecisionRequest).Length;
        var padded = request with { Call = request.Call with { Input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["resource"] = "/home/dev/app/README.md", ["x"] = "" }) } };
        size = JsonSerializer.SerializeToUtf8Bytes(padded, ProtocolJson.Default.DecisionRequest).Length;
        padded = padded with { Call = padded.Call with { Input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["resource"] = "/home/dev/app/README.md", ["x"] = new string('x', Wire.MaxDecisionRequestBytes - size) }) } };
        JsonSerializer.SerializeToUtf8Bytes(padded, ProtocolJson.Default.DecisionRequest).Should().HaveCount(Wire.MaxDecisionRequestBytes);

        (await gateway.DecideAsync(padded)).Answer.Should().Be(Effects.Allow);
    }

    [Theory]
    [InlineData("\u001b[2J\u001b[31mred\u0007", "[2J[31mred")] // ESC sequences and bell
    [InlineData("a\r\nguard: allowed", "a  guard: allowed")] // a forged second line
    [InlineData("\u202egnp.exe", "gnp.exe")] // right-to-left override
    [InlineData("\u0085\u009b1m", "1m")] // C1
    [InlineData("x\u2028y", "x y")] // line separator
    public void Message_OfAHostileReason_HasNoControls(string reason, string expected)
    {
        var message = DecisionMessage.Compose(Effect.Deny, recordedOnly: false, "p", "r", DecisionMessage.Reason(reason, Effect.Deny), "t");

        message.Should().Be($"guard: denied by policy p, rule r: {expected}. (trace t)");
    }

    [Fact]
    public void Message_OfAnEndlessReason_IsCut()
    {
        DecisionMessage.Reason(new string('é', 100_000), Effect.Deny).Should().HaveLength(2_000).And.EndWith("…");
    }
}

/// <inheritdoc/>
public sealed class SqliteDecisionTests() : DecisionTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresDecisionTests() : DecisionTests(StoreKind.Postgres);
