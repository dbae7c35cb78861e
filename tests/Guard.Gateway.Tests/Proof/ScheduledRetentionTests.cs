using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Proof;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Storage.Sqlite;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Guard.Gateway.Tests.Proof;

/// <summary>The retention that policies state when events are recorded: months go by themselves, and the record says so.</summary>
public abstract class ScheduledRetentionTests(StoreKind kind) : StoreTests(kind), IAsyncLifetime
{
    private protected static readonly DateTimeOffset January = new(2026, 1, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private protected readonly SetClock _clock = new(January);
    private protected TestGateway _gateway = null!;

    private string Checkpoints => _folder.File("published");

    public async Task InitializeAsync()
    {
        _gateway = await StartAsync(adjust: Adjusted);
    }

    // The newest first: nothing is old before the clock goes to April again.
    private protected async Task RecordMonthsAsync(params (string Name, int Days)[] policies)
    {
        await RecordBackToJanuaryAsync(policies);
        _clock.Now = January.AddMonths(3);
    }

    private protected async Task RecordBackToJanuaryAsync(params (string Name, int Days)[] policies)
    {
        await ApplyAsync(policies);
        for (var month = 3; month >= 0; month--)
        {
            _clock.Now = January.AddMonths(month);

            // A round that began in the month after would find this one long over.
            await LookedAgainAsync();
            await _gateway.DecideAsync(Some.Read());
        }

        // A round that knows no older month than February must not judge it in April.
        await LookedAgainAsync();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Months_OlderThanTheLongestRetention_GoOneADayAndTheRecordSaysSo()
    {
        await RecordMonthsAsync(("short", 5), ("long", 30));

        // It is 10 April: January and February are over by more than 30 days.
        await FirstKeptAsync("2026-02");
        await ExpiriesAsync(1);
        _clock.Now = _clock.Now.AddHours(23);
        await LookedAgainAsync();
        await FirstKeptAsync("2026-02");
        _clock.Now = _clock.Now.AddHours(2);
        await FirstKeptAsync("2026-03");
        _clock.Now = _clock.Now.AddDays(2);
        await LookedAgainAsync();
        await FirstKeptAsync("2026-03");

        var said = (await _gateway.EventsAsync("?kind=administration")).Events.Where(static e => e.Change!.Operation == Wire.ExpireOperation).ToList();
        said.Select(static e => (e.Change!.Actor, e.Change.Target, e.Change.Detail)).Should().Equal(
            ("retention", "2026-03-01T00:00:00.0000000Z class 30", "events of 2026-02 that are kept for 30 days, as policies stated when they were recorded"),
            ("retention", "2026-02-01T00:00:00.0000000Z class 30", "events of 2026-01 that are kept for 30 days, as policies stated when they were recorded"));
        (await VerifyAsync()).Should().StartWith("The record holds: ").And.Contain(" expired at the end of their retention.").And.NotContain("erased");
        (await _gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Months_WithoutAStatedRetention_StayForEver()
    {
        await RecordMonthsAsync();
        _clock.Now = January.AddMonths(6);
        await LookedAgainAsync();

        await FirstKeptAsync("2026-01");
        await ExpiriesAsync(0);
    }

    [Fact]
    public async Task Months_OfTwoGateways_ExpireOnce()
    {
        await RecordMonthsAsync(("long", 30));
        await using var other = await _gateway.JoinAsync(options => options with { DataDirectory = Path.Combine(_folder.Path, "other") });

        await FirstKeptAsync("2026-02");
        await LookedAgainAsync(other);
        await ExpiriesAsync(1);
        _clock.Now = _clock.Now.AddHours(25);
        await FirstKeptAsync("2026-03");
        await LookedAgainAsync(other);
        await ExpiriesAsync(2);
    }

    [Fact]
    public async Task Gateway_StoppedBetweenSayingAndDeleting_LeavesTheRestToTheNext()
    {
        await RecordMonthsAsync(("long", 365));
        await _gateway.Host.StopAsync();
        using (var database = Open())
        {
            new RecordRetention(database, "default", _clock).Expire(January.AddMonths(1).AddDays(-9), 365, "ada", "Old").Should().ContainSingle();
        }

        await FirstKeptAsync("2026-01");
        _gateway = await _gateway.RestartAsync();

        await FirstKeptAsync("2026-02");
        (await VerifyAsync()).Should().StartWith("The record holds: ").And.Contain(" expired at the end of their retention.");
    }

    private GatewayOptions Adjusted(GatewayOptions options) => options with
    {
        Clock = _clock,
        Retention = new RetentionOptions { Interval = TimeSpan.FromMilliseconds(20), Pause = TimeSpan.FromMilliseconds(1) },
        Proof = new ProofOptions { Interval = TimeSpan.FromMilliseconds(20), PublishInterval = TimeSpan.Zero, CheckpointFiles = [Checkpoints] },
    };

    private protected async Task ApplyAsync(params (string Name, int Days)[] policies)
    {
        if (policies.Length == 0)
        {
            return;
        }

        var files = policies.Select(static policy => ($"{policy.Name}.yaml", $"name: {policy.Name}\nversion: \"1.0\"\nrules:\n  - id: none\n    effect: deny\n    actions: [\"delegate:agent\"]\n    reason: \"No.\"\naudit: {{ retention_days: {policy.Days} }}\n"));
        var response = await _gateway.ApplyAsync([.. files]);
        response.IsSuccessStatusCode.Should().BeTrue(await response.Content.ReadAsStringAsync());
    }

    private protected Task FirstKeptAsync(string month) => Eventually.BecomesAsync(
        () =>
        {
            using var connection = StoreTampering.Open(_gateway);
            return Task.FromResult($"{Ids.TimeOf(connection.QuerySingle<string>("SELECT CAST(id AS text) FROM audit_event WHERE kind = 'decision' ORDER BY id LIMIT 1")):yyyy-MM}");
        },
        month);

    private protected async Task ExpiriesAsync(int count)
    {
        using var connection = StoreTampering.Open(_gateway);
        connection.QuerySingle<long>("SELECT count(*) FROM audit_expiry").Should().Be(count);
        (await _gateway.EventsAsync("?kind=administration&limit=1000")).Events.Count(static e => e.Change!.Operation == Wire.ExpireOperation).Should().Be(count);
    }

    // The first round to end can have begun before what it is to see; what a whole one does not do the keeper does not do.
    private protected async Task LookedAgainAsync(params TestGateway[] others)
    {
        foreach (var gateway in (IEnumerable<TestGateway>)[_gateway, .. others])
        {
            var before = gateway.Host.RetentionRounds;
            await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.RetentionRounds >= before + 2), true);
        }
    }

    private protected IDatabase Open() => _gateway.Options.Postgres is { } postgres
        ? PostgresDatabase.Open(postgres, _clock, NullLogger<PostgresDatabase>.Instance)
        : SqliteDatabase.Open(_gateway.Options.DataDirectory);

    private async Task<string> VerifyAsync()
    {
        var guard = new GuardCommands(_gateway, _folder);
        await Eventually.BecomesAsync(
            async () =>
            {
                using var connection = StoreTampering.Open(_gateway);
                return _gateway.Host.Log.Refusal ?? _gateway.Host.Log.Hindrance ?? $"{_gateway.Host.Log.Size - await connection.QuerySingleAsync<long>("SELECT count(*) FROM audit_leaf")}";
            },
            "0");
        return await guard.DoneAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", (await guard.DoneAsync("audit", "key")).Trim());
    }
}

/// <inheritdoc/>
public sealed class SqliteScheduledRetentionTests() : ScheduledRetentionTests(StoreKind.Sqlite)
{
    [Fact]
    public async Task Bodies_OfAnExpiredMonth_GoInPartsBetweenWhichDecisionsAreMade()
    {
        await RecordBackToJanuaryAsync(("long", 30));
        await using (var load = new Load(_gateway))
        {
            await load.AcknowledgedAsync(1_200);
            await load.StopAsync();
        }

        _clock.Now = January.AddMonths(3);
        await using var meanwhile = new Load(_gateway);
        await FirstKeptAsync("2026-02");
        await meanwhile.AcknowledgedAsync(20);
        await meanwhile.StopAsync();
        meanwhile.Denied.Should().BeEmpty();
    }
}

/// <inheritdoc/>
public sealed class PostgresScheduledRetentionTests() : ScheduledRetentionTests(StoreKind.Postgres)
{
    /// <summary>To drop a month takes a lock that every decision would wait behind.</summary>
    [Fact]
    public async Task Month_ThatIsReadJustNow_GoesLaterAndHoldsNobodyUp()
    {
        await RecordMonthsAsync(("long", 30));
        using var reader = StoreTampering.Open(_gateway);
        using var transaction = reader.BeginTransaction();
        reader.QuerySingle<long>("SELECT count(*) FROM audit_event", transaction: transaction).Should().BePositive();
        await using var load = new Load(_gateway);
        await Eventually.BecomesAsync(async () => (await _gateway.EventsAsync("?kind=administration&limit=1000")).Events.Any(static e => e.Change!.Operation == Wire.ExpireOperation), true);
        await load.AcknowledgedAsync(200);

        await transaction.CommitAsync();
        await FirstKeptAsync("2026-02");
        await load.StopAsync();
        load.Denied.Should().BeEmpty();
    }

    [Fact]
    public async Task Gateway_WhoseClockIsFarAheadOfTheServers_EndsNothing()
    {
        await RecordMonthsAsync(("long", 36_000));
        using (var database = Open())
        {
            _clock.Now = new DateTimeOffset(2199, 1, 1, 0, 0, 0, TimeSpan.Zero);
            new RecordRetention(database, "default", _clock).Now().Should().BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromHours(1));
        }

        await LookedAgainAsync();
        await FirstKeptAsync("2026-01");
        await ExpiriesAsync(0);
    }
}
