using System.Net;
using System.Text.Json;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Spooled;

/// <summary>What hooks hand over is recorded once, for the agent of the key, and believed no more than a request.</summary>
public abstract class SpoolTests(StoreKind kind) : StoreTests(kind)
{
    private const string Token = "ghp_" + "aBcD1234aBcD1234aBcD1234aBcD1234aBcD";

    [Fact]
    public async Task Denial_IsRecorded_AsHandedOverLater()
    {
        await using var gateway = await StartAsync();
        var denied = Denied(Some.Write());

        var answer = await HandOverAsync(gateway, [Line(denied)]);

        answer.Should().Be(new SpoolResponse { Version = Wire.Version, Lines = 1, Recorded = 1, Refused = 0 });
        var recorded = (await gateway.EventsAsync($"?trace={denied.Denial!.TraceId}")).Events.Should().ContainSingle().Subject;
        recorded.Should().BeEquivalentTo(new
        {
            Kind = AuditKinds.HookDenied,
            AgentName = "first",
            Tool = "Write",
            Action = "write:file",
            Resource = "/home/dev/app/src/a.cs",
            Effect = "deny",
            Reason = "guard: denied: the gateway cannot be reached.",
            Installation = "i-1",
            Sequence = 1L,
        });
        recorded.Spooled!.Id.Should().Be(denied.Id);
        recorded.Spooled.Time.Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        recorded.Id.Should().NotBe(denied.Id, "ids are the gateway's");
    }

    [Fact]
    public async Task Lines_HandedOverAgain_AreRecordedOnce()
    {
        await using var gateway = await StartAsync();
        var decision = await gateway.DecideAsync(Some.Read());
        var lines = new[] { Line(Denied(Some.Write())), Line(Reported(Some.Outcome(decision.TraceId))), Line(Reported(Some.Outcome(Some.Trace()))) };

        for (var i = 0; i < 3; i++)
        {
            (await HandOverAsync(gateway, [.. lines, .. lines])).Recorded.Should().Be(6);
        }

        (await gateway.EventsAsync()).Events.Where(e => e.Spooled is not null).Select(e => e.Kind)
            .Should().BeEquivalentTo(AuditKinds.HookDenied, AuditKinds.Outcome, AuditKinds.OutcomeRefused);
    }

    [Fact]
    public async Task Lines_HandedOverAtOnce_AreRecordedOnce()
    {
        await using var gateway = await StartAsync();
        var lines = Enumerable.Range(0, 200).Select(_ => Line(Denied(Some.Write()))).ToArray();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => HandOverAsync(gateway, lines)));

        answers.Should().OnlyContain(answer => answer.Recorded == 200);
        (await gateway.EventsAsync($"?kind={AuditKinds.HookDenied}&limit=1000")).Events.Should().HaveCount(200);
    }

    [Fact]
    public async Task Line_OfAnotherAgent_TakesNothingFromTheFirst()
    {
        await using var gateway = await StartAsync();
        var other = await gateway.CreateAgentAsync("other");
        var line = Line(Denied(Some.Write()));

        await HandOverAsync(gateway, [line], other.ApiKey);
        await HandOverAsync(gateway, [line]);

        (await gateway.EventsAsync($"?kind={AuditKinds.HookDenied}")).Events.Select(e => e.AgentName).Should().BeEquivalentTo("other", "first");
    }

    [Fact]
    public async Task Outcome_JoinsTheAgentsOwnDecisionAlone()
    {
        await using var gateway = await StartAsync();
        var other = await gateway.CreateAgentAsync("other");
        var decision = await gateway.DecideAsync(Some.Read());

        await HandOverAsync(gateway, [Line(Reported(Some.Outcome(decision.TraceId)))], other.ApiKey);
        await HandOverAsync(gateway, [Line(Reported(Some.Outcome(decision.TraceId)))]);
        await HandOverAsync(gateway, [Line(Reported(Some.Outcome(decision.TraceId) with { Outcome = Outcomes.Failed }))]);

        (await gateway.EventsAsync($"?trace={decision.TraceId}")).Events.Select(e => (e.Kind, e.AgentName, e.Outcome?.Result)).Should().Equal(
            (AuditKinds.OutcomeRefused, "first", "failed"),
            (AuditKinds.Outcome, "first", "succeeded"),
            (AuditKinds.OutcomeRefused, "other", "succeeded"),
            (AuditKinds.Decision, "first", null));
    }

    [Fact]
    public async Task Secrets_OfALine_AreErased()
    {
        await using var gateway = await StartAsync();
        var denied = Denied(Some.Call(Actions.ExecuteShell, "curl -H 'Authorization: Bearer " + Token + "' https://example.com", "Bash"));

        await HandOverAsync(gateway, [Line(denied with { Denial = denied.Denial! with { Reason = "guard: denied: " + Token } })]);

        var recorded = (await gateway.EventsAsync($"?kind={AuditKinds.HookDenied}")).Events.Single();
        JsonSerializer.Serialize(recorded, ProtocolJson.Default.AuditEvent).Should().NotContain(Token);
        recorded.Erased.Should().Contain("/reason");
    }

    public static TheoryData<string> NoLines => new()
    {
        "", "x", "null", "[]", "{}", "{\"id\":\"cut", "{\"id\":\"x\",\"outcome\":null}",
        Line(Denied(Some.Write()) with { Id = "x" }),
        Line(Denied(Some.Write()) with { Id = Guid.NewGuid().ToString() }),
        Line(Denied(Some.Write()) with { Id = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-31)).ToString() }),
        Line(Denied(Some.Write()) with { Id = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(2)).ToString() }),
        Line(Denied(Some.Write()) with { Outcome = Some.Outcome(null) }),
        Line(Denied(Some.Write()) with { Denial = Denied(Some.Write()).Denial! with { TraceId = Some.Trace() } }),
        Line(Denied(Some.Write())).Replace("\"reason\"", "\"unknown\"", StringComparison.Ordinal),
        Line(Denied(Some.Write() with { Accesses = [] })),
        Line(Denied(Some.Write())) + new string(' ', 70_000),
    };

    [Theory]
    [MemberData(nameof(NoLines))]
    public async Task Line_ThatIsNone_IsCounted_AndCostsNoOther(string line)
    {
        await using var gateway = await StartAsync();

        var answer = await HandOverAsync(gateway, [Line(Denied(Some.Write())), line, Line(Denied(Some.Write()))]);

        answer.Should().Be(new SpoolResponse { Version = Wire.Version, Lines = 3, Recorded = 2, Refused = 1 });
        await using var next = await gateway.RestartAsync();
        (await next.EventsAsync("?kind=refused")).Events.Should().ContainSingle().Which.Reason.Should().EndWith("spool-line 1");
    }

    [Fact]
    public async Task Request_WithoutTheScope_IsRefused()
    {
        await using var gateway = await StartAsync();
        var decider = await gateway.CreateAgentAsync("decider", keyScopes: [Scopes.Decisions]);

        (await SendAsync(gateway, [Line(Denied(Some.Write()))], decider.ApiKey)).StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    internal static SpooledEvent Denied(DecisionRequest request) => new()
    {
        Id = Some.Trace(),
        Denial = new HookDenial { Version = Wire.Version, TraceId = request.TraceId, Hook = request.Hook, Reason = "guard: denied: the gateway cannot be reached.", Request = request },
    };

    private static SpooledEvent Reported(OutcomeRequest outcome) => new() { Id = Some.Trace(), Outcome = outcome };

    internal static string Line(SpooledEvent spooled) => JsonSerializer.Serialize(spooled, ProtocolJson.Default.SpooledEvent);

    private static Task<HttpResponseMessage> SendAsync(TestGateway gateway, IReadOnlyList<string> lines, string? key = null) => gateway.SendAsync(
        HttpMethod.Post,
        Wire.SpooledEventsPath,
        key ?? gateway.Credentials.AgentKey,
        JsonSerializer.Serialize(new SpoolRequest { Version = Wire.Version, Lines = lines }, ProtocolJson.Default.SpoolRequest));

    internal static async Task<SpoolResponse> HandOverAsync(TestGateway gateway, IReadOnlyList<string> lines, string? key = null) =>
        await TestGateway.ReadAsync(await SendAsync(gateway, lines, key), ProtocolJson.Default.SpoolResponse, HttpStatusCode.OK);
}

/// <inheritdoc/>
public sealed class SqliteSpoolTests() : SpoolTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresSpoolTests() : SpoolTests(StoreKind.Postgres);
