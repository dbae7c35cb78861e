using System.Net;
using System.Text.Json;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit.Spool;

/// <summary>DESIGN, invariant 5: a store that takes no events for a while costs no decision where there is a spool, and no event.</summary>
public abstract class DegradedTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public async Task Store_ThatFails_DecisionsGoOn_AndStandInTheRecordOnceAfterwards()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool), inner => store = new FailingStore(inner));
        var before = await gateway.DecideAsync(Some.Read());

        store!.Fails = true;
        var meanwhile = new List<DecisionResponse>();
        for (var i = 0; i < 20; i++)
        {
            meanwhile.Add(await gateway.DecideAsync(Some.Read()));
        }

        var health = await HealthAsync(gateway);
        health.Status.Should().Be("degraded");
        health.Checks.Single(check => check.Name == "audit").Detail.Should().StartWith("audit degraded: events go to the spool since").And.Contain("disk I/O error");

        store.Fails = false;
        await Eventually.BecomesAsync(async () => (await HealthAsync(gateway)).Status, "ok");
        var after = await gateway.DecideAsync(Some.Read());

        var stored = (await gateway.EventsAsync("?kind=decision")).Events;
        stored.Select(e => (e.TraceId, e.Id, e.Degraded)).Reverse().Should().Equal(
            [(before.TraceId, before.EventId, null), .. meanwhile.Select(answer => (answer.TraceId, answer.EventId, (bool?)true)), (after.TraceId, after.EventId, null)]);
    }

    [Fact]
    public async Task Store_ThatHangs_DecisionsGoOn_AndTheLateCommitDoublesNothing()
    {
        GatedStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool), inner => store = new GatedStore(inner));

        var meanwhile = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => gateway.DecideAsync(Some.Read())));
        store!.Open();
        await Eventually.BecomesAsync(async () => (await HealthAsync(gateway)).Status, "ok");

        (await gateway.EventsAsync("?kind=decision")).Events.Select(e => e.Id).Should().BeEquivalentTo(meanwhile.Select(answer => answer.EventId));
    }

    [Fact]
    public async Task Stopped_WhileTheStoreFails_TheNextStartHandsOverBeforeItAnswers()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool), inner => store = new FailingStore(inner));
        store!.Fails = true;
        var answer = await gateway.DecideAsync(Some.Read());

        await using var next = await gateway.RestartAsync();

        (await next.EventsAsync($"?trace={answer.TraceId}")).Events.Should().ContainSingle().Which.Id.Should().Be(answer.EventId);
        new FileInfo(Path.Combine(spool.File("s"), "gateway.spool")).Length.Should().Be(0);
        await using var again = await next.RestartAsync();
        (await again.EventsAsync("?kind=decision")).Events.Should().ContainSingle("nothing is handed over twice");
    }

    [Fact]
    public async Task Crash_BetweenHandOverAndSettling_DoublesNothing()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool), inner => store = new FailingStore(inner));
        store!.Fails = true;
        var answer = await gateway.DecideAsync(Some.Read());
        var file = Path.Combine(spool.File("s"), "gateway.spool");
        await using var next = await gateway.RestartAsync(options => options with { Spool = null });
        var lines = await File.ReadAllBytesAsync(file);
        lines.Should().NotBeEmpty();
        await using var handed = await next.RestartAsync(options => options with { Spool = new SpoolOptions(spool.File("s")) });

        // As if the file had not been emptied yet.
        await handed.Host.StopAsync();
        await File.WriteAllBytesAsync(file, lines);
        await using var again = await handed.RestartAsync();

        (await again.EventsAsync("?kind=decision")).Events.Should().ContainSingle().Which.Id.Should().Be(answer.EventId);
    }

    [Fact]
    public async Task Limit_Passed_EverythingIsDenied_AndWhatWasAnsweredIsThere()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool, limit: TimeSpan.FromMilliseconds(500)), inner => store = new FailingStore(inner));
        store!.Fails = true;
        var answered = await gateway.DecideAsync(Some.Read());

        await Eventually.BecomesAsync(async () => (await gateway.PostAsync(Some.Read())).StatusCode, HttpStatusCode.ServiceUnavailable);

        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.ServiceUnavailable)).Detail.Should().Contain("the spool may not be used longer");
        (await gateway.SendAsync(HttpMethod.Get, "/health/ready", null)).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        store.Fails = false;
        await Eventually.BecomesAsync(async () => (await gateway.PostAsync(Some.Read())).StatusCode, HttpStatusCode.OK);
        (await gateway.EventsAsync($"?trace={answered.TraceId}")).Events.Should().ContainSingle();
    }

    [Fact]
    public async Task Trace_UsedTwiceMeanwhile_IsRefused()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool), inner => store = new FailingStore(inner));
        store!.Fails = true;
        var request = Some.Read();
        await gateway.DecideAsync(request);

        (await gateway.RefusedAsync(request, HttpStatusCode.Conflict)).Code.Should().Be("trace-reused");
    }

    [Fact]
    public async Task Trace_UsedBefore_IsRecordedWithoutIt()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool), inner => store = new FailingStore(inner));
        var request = Some.Read();
        await gateway.DecideAsync(request);
        store!.Fails = true;
        var answer = await gateway.DecideAsync(request);
        store.Fails = false;

        await Eventually.BecomesAsync(async () => (await HealthAsync(gateway)).Status, "ok");

        var stored = (await gateway.EventsAsync("?kind=decision")).Events.Single(e => e.Id == answer.EventId);
        stored.TraceId.Should().BeNull();
        stored.Errors.Should().ContainSingle().Which.Should().Contain(answer.TraceId);
    }

    [Fact]
    public async Task Session_NotSeenBefore_IsDeniedMeanwhile()
    {
        FailingStore? store = null;
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(WithSpool(spool), inner => store = new FailingStore(inner));
        await gateway.DecideAsync(Some.Read());
        store!.Fails = true;
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow, "its session is known");

        var denied = await gateway.DecideAsync(Some.Read(session: "another"));

        denied.Answer.Should().Be(Effects.Deny);
        denied.Reason.Should().StartWith("the session is not known to this gateway");
    }

    [SmallDiskFact]
    public async Task Spool_OnAFullDisk_DeniesAndLosesNothing()
    {
        FailingStore? store = null;
        using var disk = SmallDisk.Mount();
        await using var gateway = await StartAsync(adjust: options => options with { Spool = new SpoolOptions(Path.Combine(disk.Path, "s")) }, store: inner => store = new FailingStore(inner));
        await gateway.DecideAsync(Some.Read());
        store!.Fails = true;
        var answered = new List<string>();
        HttpResponseMessage response;
        do
        {
            var request = Some.Read();
            response = await gateway.PostAsync(request with { Call = request.Call with { Input = JsonSerializer.SerializeToElement(new string('x', 100_000), ProtocolJson.Default.String) } });
            if (response.StatusCode == HttpStatusCode.OK)
            {
                answered.Add(request.TraceId);
            }
        }
        while (response.StatusCode == HttpStatusCode.OK && answered.Count < 1_000);

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await response.Content.ReadAsStringAsync()).Should().Contain("the spool cannot be written");
        store.Fails = false;
        await Eventually.BecomesAsync(async () => (await HealthAsync(gateway)).Status, "ok");
        (await gateway.EventsAsync("?kind=decision&limit=1000")).Events.Where(e => e.Degraded == true).Select(e => e.TraceId).Should().BeEquivalentTo(answered);
    }

    private Task<TestGateway> StartAsync(Func<GatewayOptions, GatewayOptions> adjust, Func<IAuditStore, IAuditStore> store) => StartAsync(Some.Policy, adjust, store);

    private static Func<GatewayOptions, GatewayOptions> WithSpool(TemporaryFolder folder, TimeSpan? limit = null) => options => options with
    {
        Spool = new SpoolOptions(folder.File("s")) { StoreDeadline = TimeSpan.FromMilliseconds(300), Limit = limit ?? TimeSpan.FromSeconds(60) },
        Limits = options.Limits with { PerKey = new Guard.Gateway.Identity.RateLimit(1_000_000, 1_000_000) },
    };

    private static async Task<HealthReport> HealthAsync(TestGateway gateway) =>
        JsonSerializer.Deserialize(await (await gateway.SendAsync(HttpMethod.Get, "/health/ready", null)).Content.ReadAsStringAsync(), ProtocolJson.Default.HealthReport)!;
}

/// <inheritdoc/>
public sealed class SqliteDegradedTests() : DegradedTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresDegradedTests() : DegradedTests(StoreKind.Postgres);
