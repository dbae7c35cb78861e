using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Tests.Audit;
using Guard.Protocol;
using Npgsql;
using Xunit.Abstractions;

namespace Guard.Gateway.Tests.Stores;

/// <summary>Faults of clock and network under eight clients: nothing acknowledged is lost, nothing is doubled, nothing is let through unrecorded.</summary>
public abstract class FaultsUnderLoadTests(StoreKind kind, ITestOutputHelper output) : StoreTests(kind)
{
    private protected ITestOutputHelper Output { get; } = output;

    [Fact]
    public async Task Clock_SetBackAndForth_LosesAndDoublesNothing()
    {
        var start = DateTimeOffset.UtcNow;
        var clock = new SetClock(start);
        await using var gateway = await StartAsync(adjust: options => Unlimited(options) with { Clock = clock });
        await using var load = new Load(gateway);
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            await load.AcknowledgedAsync(50);
            clock.Now = start.AddHours(-30);
            await load.AcknowledgedAsync(50);
            clock.Now = start.AddMinutes(i);
        }

        await load.AcknowledgedAsync(50);
        await load.StopAsync();

        await CheckAsync(gateway, load, "clock set back 30 h");
        load.Denied.Should().BeEmpty();
        // What was decided while the clock was set back is found by its time all the same.
        (await StoredAsync(gateway, Around(start.AddHours(-30)))).Select(static e => e.Id)
            .Should().BeEquivalentTo((await StoredAsync(gateway)).Where(e => e.Time < start.AddHours(-29)).Select(static e => e.Id)).And.NotBeEmpty();
    }

    /// <summary>The store commits, and nobody hears of it: the gateway keeps the events in its spool and hands them over, and they stand once.</summary>
    [Fact]
    public async Task Commit_WhoseAnswerIsLost_DoublesNothing()
    {
        var (gateway, load) = await LoseAnswersAsync(static store => store);
        await using (gateway)
        {
            await CheckAsync(gateway, load, "answer of a commit lost");
            load.Denied.Should().BeEmpty();
        }
    }

    /// <summary>Where each try makes an event of its own, the same doubles events: so the other tests could see it.</summary>
    [Fact]
    public async Task Commit_WhoseAnswerIsLostUnderAStoreThatKnowsNoEventAgain_IsFoundTwice()
    {
        var (gateway, load) = await LoseAnswersAsync(static store => new RenamingStore(store));
        await using (gateway)
        {
            var stored = await StoredAsync(gateway);
            (stored.Count - stored.DistinctBy(static e => e.TraceId).Count()).Should().BePositive();
            stored.Select(static e => e.TraceId).Should().Contain(load.Acknowledged.Keys);
        }
    }

    /// <summary>Without recording before answering, the same faults lose events: so the other tests could see it.</summary>
    [SmallDiskFact]
    public async Task Disk_FullUnderAStoreThatAnswersAllTheSame_IsFoundMissing()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        await using var gateway = await OnDiskAsync(disk, static store => new HopefulStore(store));
        await using var load = new Load(gateway);
        await load.AcknowledgedAsync(20);
        disk.Fill();
        await load.AcknowledgedAsync(600);
        await load.StopAsync();
        Freed(disk);

        (await MissingAsync(gateway, load)).Should().BePositive();
    }

    [SmallDiskFact]
    public async Task Disk_Full_LosesAndDoublesNothing()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        await using var gateway = await OnDiskAsync(disk);
        await using var load = new Load(gateway);
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            await load.AcknowledgedAsync(20);
            disk.Fill();
            await load.DeniedAsync(20);
            Freed(disk);
        }

        await load.AcknowledgedAsync(20);
        await load.StopAsync();

        await CheckAsync(gateway, load, "disk full");
    }

    private async Task<(TestGateway Gateway, Load Load)> LoseAnswersAsync(Func<IAuditStore, IAuditStore> store)
    {
        using var spool = new TemporaryFolder();
        LostAnswerStore? losing = null;
        var gateway = await StartAsync(adjust: options => Unlimited(options) with { Spool = new SpoolOptions(spool.File("s")) }, store: inner => losing = new LostAnswerStore(store(inner)));
        await using var load = new Load(gateway);
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            await load.AcknowledgedAsync(50);
            losing!.LoseNext();
            await load.AcknowledgedAsync(50);
            await Eventually.BecomesAsync(() => IsDegradedAsync(gateway), false);
        }

        await load.StopAsync();
        return (gateway, load);
    }

    private protected static async Task<bool> IsDegradedAsync(TestGateway gateway) =>
        (await (await gateway.SendAsync(HttpMethod.Get, "/health", null)).Content.ReadAsStringAsync()).Contains("audit degraded", StringComparison.Ordinal);

    private protected static string Around(DateTimeOffset time) => $"&from={Uri.EscapeDataString(time.AddHours(-1).ToString("O"))}&to={Uri.EscapeDataString(time.AddHours(1).ToString("O"))}";

    // Large enough for the store and what the test records, and small enough to be full at once.
    private protected abstract int Megabytes { get; }

    private protected abstract Task<TestGateway> OnDiskAsync(SmallDisk disk, Func<IAuditStore, IAuditStore>? store = null);

    private protected virtual void Freed(SmallDisk disk) => disk.Free();

    private protected static async Task<int> MissingAsync(TestGateway gateway, Load load)
    {
        await Eventually.BecomesAsync(async () => (await gateway.SendAsync(HttpMethod.Get, Wire.EventsPath, gateway.Credentials.AdminKey)).StatusCode, System.Net.HttpStatusCode.OK);
        var stored = (await StoredAsync(gateway)).Select(static e => e.TraceId).ToHashSet(StringComparer.Ordinal);
        return load.Acknowledged.Keys.Count(trace => !stored.Contains(trace));
    }

    private protected static GatewayOptions Unlimited(GatewayOptions options) => options with { Limits = options.Limits with { PerKey = new RateLimit(1_000_000, 1_000_000) } };

    private protected static async Task<List<AuditEvent>> StoredAsync(TestGateway gateway, string filter = "")
    {
        var stored = new List<AuditEvent>();
        long? before = null;
        do
        {
            var page = await gateway.EventsAsync($"?kind=decision&limit=1000{filter}{(before is { } position ? $"&before={position}" : "")}");
            stored.AddRange(page.Events);
            before = page.NextBefore;
        }
        while (before is not null);

        return stored;
    }

    private protected async Task CheckAsync(TestGateway gateway, Load load, string how)
    {
        await Eventually.BecomesAsync(async () => (await gateway.SendAsync(HttpMethod.Get, Wire.EventsPath, gateway.Credentials.AdminKey)).StatusCode, System.Net.HttpStatusCode.OK);
        var stored = await StoredAsync(gateway);
        Output.WriteLine($"{how}: {load.Acknowledged.Count} acknowledged, {stored.Count} stored, denied {string.Join(", ", load.Denied.Select(denied => $"{denied.Key} {denied.Value}"))}");
        stored.Select(e => e.TraceId).Should().OnlyHaveUniqueItems();
        var ids = stored.ToDictionary(e => e.TraceId!, e => e.Id, StringComparer.Ordinal);
        load.Acknowledged.Values.Where(answer => !ids.TryGetValue(answer.TraceId, out var id) || id != answer.EventId).Should().BeEmpty();
    }
}

/// <inheritdoc/>
public sealed class SqliteFaultsUnderLoadTests(ITestOutputHelper output) : FaultsUnderLoadTests(StoreKind.Sqlite, output)
{
    private protected override int Megabytes => 64;

    private protected override Task<TestGateway> OnDiskAsync(SmallDisk disk, Func<IAuditStore, IAuditStore>? store = null) =>
        StartAsync(adjust: options => Unlimited(options) with { DataDirectory = Path.Combine(disk.Path, "data") }, store: store);
}

/// <inheritdoc/>
public sealed class PostgresFaultsUnderLoadTests(ITestOutputHelper output) : FaultsUnderLoadTests(StoreKind.Postgres, output), IDisposable
{
    private PostgresServer? _onDisk;

    // What initdb makes, and some segments of its log.
    private protected override int Megabytes => 160;

    public void Dispose() => _onDisk?.Dispose();

    private protected override Task<TestGateway> OnDiskAsync(SmallDisk disk, Func<IAuditStore, IAuditStore>? store = null)
    {
        _onDisk = new PostgresServer(durable: true, disk.Path);
        return TestGateway.StartAsync(adjust: options => Unlimited(options) with { Postgres = new PostgresOptions { Connection = _onDisk.Connection("postgres", tcp: true) } }, store: store);
    }

    private protected override void Freed(SmallDisk disk)
    {
        disk.Free();
        _onDisk!.Revive();
    }

    /// <summary>Times become positions by how late events ever were: where that is not kept, what a clock that was set back made is not found.</summary>
    [Fact]
    public async Task Clock_SetBackWithoutItsLatenessKept_EventsAreMissingFromTheirTime()
    {
        var start = DateTimeOffset.UtcNow;
        var clock = new SetClock(start);
        await using var gateway = await StartAsync(adjust: options => options with { Clock = clock });
        await gateway.DecideAsync(Some.Read());
        clock.Now = start.AddHours(-30);
        var late = await gateway.DecideAsync(Some.Read());
        (await StoredAsync(gateway, Around(clock.Now))).Select(static e => e.Id).Should().Equal([late.EventId]);

        using (var connection = PostgresServer.Shared.Open(gateway.Options.Postgres!))
        {
            connection.Execute("DELETE FROM audit_lateness WHERE lateness > 1");
        }

        (await StoredAsync(gateway, Around(clock.Now))).Should().BeEmpty("this is the loss that the other tests must be able to see");
    }

    /// <summary>A cut as a firewall makes it: nothing gets through any more, and nobody is told.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NetworkToTheDatabase_Cut_LosesAndDoublesNothing(bool hasSpool)
    {
        using var server = new PostgresServer(durable: true);
        using var line = new StallingLine(server.Port);
        using var spool = new TemporaryFolder();
        var connection = new NpgsqlConnectionStringBuilder(server.Connection("postgres", tcp: true)) { Port = line.Port }.ConnectionString;
        await using var gateway = await TestGateway.StartAsync(adjust: options => Unlimited(options) with
        {
            Postgres = new PostgresOptions { Connection = connection },
            Spool = hasSpool ? new SpoolOptions(spool.File("s")) : null,
        });
        await using var load = new Load(gateway);
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            await load.AcknowledgedAsync(50);
            line.StallWhen(static _ => 0);
            await (hasSpool ? load.AcknowledgedAsync(100) : load.DeniedAsync(50));
            line.StallWhen(static _ => -1);
            await load.AcknowledgedAsync(50);
        }

        await load.StopAsync();
        await Eventually.BecomesAsync(async () => (await gateway.SendAsync(HttpMethod.Get, "/health", null)).StatusCode, System.Net.HttpStatusCode.OK);
        await Eventually.BecomesAsync(() => IsDegradedAsync(gateway), false);

        await CheckAsync(gateway, load, hasSpool ? "network cut, with a spool" : "network cut");
        (load.Denied.IsEmpty == hasSpool).Should().BeTrue("without a spool every call is denied meanwhile");
    }
}
