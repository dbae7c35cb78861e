using System.Diagnostics;
using System.Net;
using Dapper;
using Guard.Gateway.Decisions;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

/// <summary>DESIGN, invariant 5: whatever is wrong with the store, no allow leaves the gateway without its event.</summary>
public abstract class RecordedBeforeAnsweredTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public async Task Decision_WhileTheStoreFails_Is503AndHealthSaysSo()
    {
        FailingStore? store = null;
        await using var gateway = await StartAsync(store: inner => store = new FailingStore(inner));
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        store!.Fails = true;

        var refused = await gateway.RefusedAsync(Some.Read(), HttpStatusCode.ServiceUnavailable);

        refused.Should().BeEquivalentTo(new { Code = "audit-unavailable", Detail = "The decision could not be recorded, so the call is denied: the store failed: disk I/O error." });
        store.Fails = false;
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Decision_WhileTheStoreHangs_Is503AfterTheDeadline()
    {
        GatedStore? store = null;
        await using var gateway = await StartAsync(
            adjust: options => options with { Limits = options.Limits with { CommitDeadline = TimeSpan.FromMilliseconds(100) } },
            store: inner => store = new GatedStore(inner));

        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.ServiceUnavailable)).Detail.Should().Contain("did not commit the audit event within 0.1 s");
        store!.Open();
    }

    [Fact]
    public async Task Decision_WithTheQueueFull_Is503()
    {
        GatedStore? store = null;
        await using var gateway = await StartAsync(
            adjust: options => options with { Limits = options.Limits with { AuditQueueLength = 1 } },
            store: inner => store = new GatedStore(inner));
        var hanging = gateway.PostAsync(Some.Read());
        await store!.Entered.Task;

        // One of the two finds the only place taken by the other.
        var (one, two) = (gateway.PostAsync(Some.Read()), gateway.PostAsync(Some.Read()));
        var refused = await await Task.WhenAny(one, two);
        store.Open();

        refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await Task.WhenAll(hanging, one, two)).Count(r => r.StatusCode == HttpStatusCode.OK).Should().Be(2);
    }

    [Fact]
    public async Task Request_ThatFailsOutsideTheDecision_IsA500AndCounted()
    {
        await using var gateway = await StartAsync(adjust: options => options with { Clock = new ClockThatFailsForDecisions() });

        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.InternalServerError)).Code.Should().Be("internal-error");

        await using var again = await gateway.RestartAsync();
        (await again.EventsAsync("?kind=refused&agent=first")).Events.Should().ContainSingle().Which.Reason.Should().EndWith("internal-error 1");
    }

    /// <summary>The store fails at a session's first call, when it is asked what the session stated before, and takes the event all the same.</summary>
    [Fact]
    public async Task Decision_WhoseSessionTheStoreCannotTell_IsRecordedAsDeniedAndAnsweredWith503()
    {
        await using var gateway = await StartAsync();
        Execute(gateway, "DROP TABLE session_fact");

        var problem = await gateway.RefusedAsync(Some.Read(), HttpStatusCode.ServiceUnavailable);

        problem.Code.Should().Be("store-unavailable");
        problem.Detail.Should().StartWith("The call is denied: the store cannot be reached or read");
        (await gateway.EventsAsync($"?trace={problem.TraceId}")).Events.Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new { Kind = AuditKinds.Decision, Effect = "deny", Answer = "deny", Reason = "the store cannot be reached or read, so it is not known what this session stated first" });
    }

    private protected abstract void Execute(TestGateway gateway, string sql);

    private sealed class ClockThatFailsForDecisions : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() =>
            new StackTrace().ToString().Contains(nameof(DecisionService), StringComparison.Ordinal)
                ? throw new InvalidOperationException("no clock")
                : base.GetUtcNow();
    }
}

/// <inheritdoc/>
public sealed class SqliteRecordedBeforeAnsweredTests() : RecordedBeforeAnsweredTests(StoreKind.Sqlite)
{
    [Fact]
    public async Task Decision_WithTheDatabaseLockedByAnother_Is503AndRecovers()
    {
        await using var gateway = await StartAsync(adjust: options => options with { Limits = options.Limits with { CommitDeadline = TimeSpan.FromSeconds(1) } });
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={gateway.DatabasePath}"))
        {
            connection.Open();
            using var transaction = connection.BeginTransaction(deferred: false);

            (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.ServiceUnavailable)).Code.Should().Be("audit-unavailable");
            (await gateway.SendAsync(HttpMethod.Get, "/health/ready", null)).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await gateway.SendAsync(HttpMethod.Get, "/health/live", null)).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        await Eventually.BecomesAsync(async () => (await gateway.PostAsync(Some.Read())).StatusCode, HttpStatusCode.OK);
        (await gateway.SendAsync(HttpMethod.Get, "/health/ready", null)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [SmallDiskFact]
    public async Task Decision_WithTheDiskFull_Is503AndWhatWasAnsweredIsThere()
    {
        using var disk = SmallDisk.Mount();
        await using var gateway = await StartAsync(adjust: options => options with { DataDirectory = Path.Combine(disk.Path, "data") });
        var allowed = new List<string>();
        HttpStatusCode status;
        do
        {
            var request = Some.Read();
            var padded = request with { Call = request.Call with { Input = System.Text.Json.JsonSerializer.SerializeToElement(new string('x', 100_000), ProtocolJson.Default.String) } };
            var response = await gateway.PostAsync(padded);
            status = response.StatusCode;
            if (status == HttpStatusCode.OK)
            {
                allowed.Add(padded.TraceId);
            }
        }
        while (status == HttpStatusCode.OK && allowed.Count < 1_000);

        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        var stored = (await gateway.EventsAsync("?kind=decision&limit=1000")).Events.Select(e => e.TraceId);
        stored.Should().BeEquivalentTo(allowed);
        disk.Grow();
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow, "the gateway recovers by itself");
    }

    /// <summary>What stands in the store is of another type than anything the gateway writes: no error of the store, so it is its own.</summary>
    [Fact]
    public async Task Decision_ThatFailsInside_IsRecordedAsDeniedAndAnsweredWith500()
    {
        await using var gateway = await StartAsync();
        Execute(gateway, "DROP TABLE session; CREATE VIEW session AS SELECT id AS agent_id, 'session-1' AS session_id, x'00' AS workspace_written, x'00' AS workspace_real, 0 AS pinned_at FROM agent");

        var problem = await gateway.RefusedAsync(Some.Read(), HttpStatusCode.InternalServerError);

        problem.Code.Should().Be("internal-error");
        (await gateway.EventsAsync($"?trace={problem.TraceId}")).Events.Should().ContainSingle()
            .Which.Should().BeEquivalentTo(new { Kind = AuditKinds.Decision, Effect = "deny", Answer = "deny", Reason = "the gateway failed while deciding (DataException)" });
    }

    private protected override void Execute(TestGateway gateway, string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={gateway.DatabasePath}");
        connection.Execute(sql);
    }
}

/// <inheritdoc/>
public sealed class PostgresRecordedBeforeAnsweredTests() : RecordedBeforeAnsweredTests(StoreKind.Postgres)
{
    private protected override void Execute(TestGateway gateway, string sql)
    {
        using var connection = PostgresServer.Shared.Open(gateway.Options.Postgres!);
        connection.Execute(sql);
    }
}
