using System.Net;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Decisions;

public abstract class OutcomeTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public async Task Outcome_ByTrace_JoinsItsDecision()
    {
        await using var gateway = await StartAsync();
        var decision = await gateway.DecideAsync(Some.Read());

        var answer = await TestGateway.ReadAsync(await gateway.ReportAsync(Some.Outcome(decision.TraceId)), ProtocolJson.Default.OutcomeResponse, HttpStatusCode.OK);

        answer.TraceId.Should().Be(decision.TraceId);
        var events = (await gateway.EventsAsync($"?trace={decision.TraceId}")).Events;
        events.Select(e => e.Kind).Should().Equal(AuditKinds.Outcome, AuditKinds.Decision);
        events[0].Should().BeEquivalentTo(new
        {
            Id = answer.EventId,
            SessionId = "session-1",
            Resource = "/home/dev/app/README.md",
            Outcome = new AuditOutcome { Result = "succeeded", DurationMs = 12, OutputBytes = 120, OutputDigest = "sha256:" + new string('a', 64) },
        });
    }

    [Fact]
    public async Task Outcome_BySessionAndToolUse_JoinsTheLatestDecision()
    {
        await using var gateway = await StartAsync();
        var request = Some.Read();
        await gateway.DecideAsync(request);
        var second = await gateway.DecideAsync(request with { TraceId = Some.Trace() });

        var report = Some.Outcome(null) with { SessionId = "session-1", ToolUseId = request.Call.ToolUseId };
        var answer = await TestGateway.ReadAsync(await gateway.ReportAsync(report), ProtocolJson.Default.OutcomeResponse, HttpStatusCode.OK);

        answer.TraceId.Should().Be(second.TraceId);
    }

    [Fact]
    public async Task Outcome_Later_IsRefusedAndRecorded()
    {
        await using var gateway = await StartAsync();
        var decision = await gateway.DecideAsync(Some.Read());
        await gateway.ReportAsync(Some.Outcome(decision.TraceId));

        var refused = await TestGateway.ReadAsync(await gateway.ReportAsync(Some.Outcome(decision.TraceId) with { Outcome = Outcomes.Failed }), ProtocolJson.Default.Problem, HttpStatusCode.Conflict);

        refused.Should().BeEquivalentTo(new { Code = "outcome-exists", decision.TraceId });
        var events = (await gateway.EventsAsync($"?trace={decision.TraceId}")).Events;
        events.Select(e => (e.Kind, e.Outcome?.Result)).Should().Equal((AuditKinds.OutcomeRefused, "failed"), (AuditKinds.Outcome, "succeeded"), (AuditKinds.Decision, null));
    }

    [Fact]
    public async Task Outcome_OfAnUnknownTrace_IsRefusedAndRecorded()
    {
        await using var gateway = await StartAsync();
        var trace = Some.Trace();

        var refused = await TestGateway.ReadAsync(await gateway.ReportAsync(Some.Outcome(trace)), ProtocolJson.Default.Problem, HttpStatusCode.NotFound);

        refused.Code.Should().Be("trace-unknown");
        (await gateway.EventsAsync($"?trace={trace}")).Events.Should().ContainSingle(e => e.Kind == AuditKinds.OutcomeRefused);
    }

    [Fact]
    public async Task Outcome_OfAnotherAgentsTrace_IsAsUnknownAsNone()
    {
        await using var gateway = await StartAsync();
        var other = await gateway.CreateAgentAsync("other");
        var decision = await gateway.DecideAsync(Some.Read());

        (await gateway.ReportAsync(Some.Outcome(decision.TraceId), other.ApiKey)).StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await gateway.ReportAsync(Some.Outcome(decision.TraceId))).StatusCode.Should().Be(HttpStatusCode.OK, "the other's attempt took nothing away");
    }

    public static TheoryData<Func<OutcomeRequest, OutcomeRequest>, string> Bent => new()
    {
        { r => r with { Version = 9 }, "wire version 9" },
        { r => r with { TraceId = null }, "needs `traceId`" },
        { r => r with { TraceId = null, SessionId = "s" }, "needs `traceId`" },
        { r => r with { TraceId = "x" }, "`traceId` must be" },
        { r => r with { Outcome = "ok" }, "`outcome` must be" },
        { r => r with { DurationMs = -1 }, "must be from 0 to 9007199254740991" },
        { r => r with { OutputBytes = 1L << 53 }, "must be from 0 to 9007199254740991" },
        { r => r with { OutputDigest = "sha256:x" }, "`outputDigest` must be" },
        { r => r with { Tool = "a\0" }, "`tool` holds a NUL" },
    };

    [Theory]
    [MemberData(nameof(Bent))]
    public async Task Outcome_BentInOnePlace_IsRefusedByName(Func<OutcomeRequest, OutcomeRequest> bend, string expected)
    {
        await using var gateway = await StartAsync();
        var decision = await gateway.DecideAsync(Some.Read());

        var problem = await TestGateway.ReadAsync(await gateway.ReportAsync(bend(Some.Outcome(decision.TraceId))), ProtocolJson.Default.Problem, HttpStatusCode.BadRequest);

        problem.Detail.Should().Contain(expected);
    }
}

/// <inheritdoc/>
public sealed class SqliteOutcomeTests() : OutcomeTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresOutcomeTests() : OutcomeTests(StoreKind.Postgres);
