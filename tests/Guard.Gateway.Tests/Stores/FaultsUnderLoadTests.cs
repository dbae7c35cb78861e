using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
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

    private protected static GatewayOptions Unlimited(GatewayOptions options) => options with { Limits = options.Limits with { PerKey = new RateLimit(1_000_000, 1_000_000) } };

    private protected async Task CheckAsync(TestGateway gateway, Load load, string how)
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

        Output.WriteLine($"{how}: {load.Acknowledged.Count} acknowledged, {stored.Count} stored, denied {string.Join(", ", load.Denied.Select(denied => $"{denied.Key} {denied.Value}"))}");
        stored.Select(e => e.TraceId).Should().OnlyHaveUniqueItems();
        var ids = stored.ToDictionary(e => e.TraceId!, e => e.Id, StringComparer.Ordinal);
        load.Acknowledged.Values.Where(answer => !ids.TryGetValue(answer.TraceId, out var id) || id != answer.EventId).Should().BeEmpty();
    }
}

/// <inheritdoc/>
public sealed class SqliteFaultsUnderLoadTests(ITestOutputHelper output) : FaultsUnderLoadTests(StoreKind.Sqlite, output);

/// <inheritdoc/>
public sealed class PostgresFaultsUnderLoadTests(ITestOutputHelper output) : FaultsUnderLoadTests(StoreKind.Postgres, output)
{
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
