using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Proof;

/// <summary>Months whose retention has ended: their bodies go, their places in the log stay.</summary>
public abstract class RetentionTests(StoreKind kind) : StoreTests(kind), IAsyncLifetime
{
    private static readonly DateTimeOffset March = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly SetClock _clock = new(March);
    private TestGateway _gateway = null!;
    private GuardCommands _guard = null!;
    private string _key = "";

    private string Checkpoints => _folder.File("published");

    public async Task InitializeAsync()
    {
        _gateway = await StartAsync(adjust: options => options with
        {
            Clock = _clock,
            Proof = new ProofOptions { Interval = TimeSpan.FromMilliseconds(20), PublishInterval = TimeSpan.Zero, CheckpointFiles = [Checkpoints] },
        });
        _guard = new GuardCommands(_gateway, _folder);
        await _gateway.DecideAsync(Some.Read());
        _clock.Now = March.AddMonths(1);
        await _gateway.DecideAsync(Some.Read());
        _clock.Now = March.AddMonths(2);
        await _gateway.DecideAsync(Some.Read());
        await SignedAsync(6);
        _key = (await _guard.DoneAsync("audit", "key")).Trim();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Months_Expired_AreReportedAsSuchAndNothingElse()
    {
        (await _guard.DoneAsync("audit", "expire", "--before", "2026-04", "--reason", "One month is kept")).Should().Contain("All months before 2026-04 are expired");
        await SignedAsync(7);

        Bodies().Should().Be(3, "April, May and the expiry itself are left");
        (await VerifyAsync()).Should().StartWith("The record holds: 7 events, 7 of them signed").And.Contain("  4 expired at the end of their retention.");

        _clock.Now = March.AddMonths(3);
        await _guard.DoneAsync("audit", "expire", "--before", "2026-06", "--reason", "Again");
        await SignedAsync(8);

        Bodies().Should().Be(1, "the event of the first expiry has expired too, and the second says so");
        (await VerifyAsync()).Should().Contain("  7 expired at the end of their retention.");
        (await _gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Erased_BeforeItsMonthExpired_IsStillNotMissed()
    {
        var id = (await _gateway.EventsAsync("?kind=decision")).Events[^1].Id;
        await _guard.DoneAsync("audit", "erase", id, "--reason", "Asked for");
        _clock.Now = March.AddMonths(3);
        await _guard.DoneAsync("audit", "expire", "--before", "2026-06", "--reason", "All of it");
        await SignedAsync(8);

        (await VerifyAsync()).Should().StartWith("The record holds: 8 events");
    }

    [Fact]
    public async Task Body_DeletedOfAMonthThatHasNotExpired_IsStillNamed()
    {
        await _guard.DoneAsync("audit", "expire", "--before", "2026-04", "--reason", "One month is kept");
        await SignedAsync(7);
        StoreTampering.Run(_gateway, "DELETE FROM audit_event WHERE position = (SELECT max(position) - 1 FROM audit_event)");

        var (exitCode, output, _) = await _guard.RunAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key);
        exitCode.Should().Be(1);
        output.Should().Contain("it was removed, and neither erased nor expired");
    }

    /// <summary>What stands in the table of expiries counts for nothing by itself.</summary>
    [Fact]
    public async Task Expiry_WithoutItsEvent_IsFound()
    {
        await _guard.DoneAsync("audit", "expire", "--before", "2026-04", "--reason", "One month is kept");
        await SignedAsync(7);
        StoreTampering.Run(
            _gateway,
            $"UPDATE audit_expiry SET first_id = '{Ids.First(March.AddMonths(1).AddDays(10))}'",
            "DELETE FROM audit_event WHERE position = (SELECT min(position) FROM audit_event)");

        var (exitCode, output, _) = await _guard.RunAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key);
        exitCode.Should().Be(1);
        output.Should().Contain("has no body, and no event says that its retention has ended: it was removed.");
    }

    [Theory]
    [InlineData("2026-13")]
    [InlineData("2026-06")]
    [InlineData("yesterday")]
    public async Task Month_ThatIsNoneOrNotOver_IsRefused(string before)
    {
        var (exitCode, _, error) = await _guard.RunAsync("audit", "expire", "--before", before, "--reason", "x");

        exitCode.Should().Be(6);
        error.Should().Contain("`before` must be the first month that is kept, as in 2026-03, and not one to come.");
        Bodies().Should().Be(6);
    }

    [Fact]
    public async Task Month_ExpiredAlready_IsRefused()
    {
        await _guard.DoneAsync("audit", "expire", "--before", "2026-05", "--reason", "x");

        (await _guard.RunAsync("audit", "expire", "--before", "2026-04", "--reason", "x")).Error.Should().Contain("Events from before 2026-04 have expired already.");
    }

    private Task<string> VerifyAsync() => _guard.DoneAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key);

    private Task SignedAsync(long size) => Eventually.BecomesAsync(() => Task.FromResult(_gateway.Host.Log.Refusal ?? _gateway.Host.Log.Hindrance ?? $"{_gateway.Host.Log.Size}"), $"{size}");

    private long Bodies()
    {
        using var connection = StoreTampering.Open(_gateway);
        return connection.QuerySingle<long>("SELECT count(*) FROM audit_event");
    }
}

/// <inheritdoc/>
public sealed class SqliteRetentionTests() : RetentionTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresRetentionTests() : RetentionTests(StoreKind.Postgres);
