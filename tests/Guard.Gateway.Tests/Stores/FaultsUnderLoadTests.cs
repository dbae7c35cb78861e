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

    private static async Task<List<AuditEvent>> StoredAsync(TestGateway gateway)
    {
        var stored = new List<AuditEvent>();
        long? before = null;
        do
        {
            var page = await gateway.EventsAsync($"?kind=decision&limit=1000{(before is { } position ? $"&before={position}" : "")}");
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
        await Eventually.BecomesAsync(async () => (await (await gateway.SendAsync(HttpMethod.Get, "/health", null)).Content.ReadAsStringAsync()).Contains("audit degraded", StringComparison.Ordinal), false);

        await CheckAsync(gateway, load, hasSpool ? "network cut, with a spool" : "network cut");
        (load.Denied.IsEmpty == hasSpool).Should().BeTrue("without a spool every call is denied meanwhile");
    }
}
