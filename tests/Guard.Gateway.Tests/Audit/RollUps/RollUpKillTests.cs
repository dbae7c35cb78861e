using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.RollUps;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Storage.Sqlite;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;
using Xunit.Abstractions;

namespace Guard.Gateway.Tests.Audit.RollUps;

/// <summary>A gateway that is killed while it counts has made a step or has not: statistics are exact, before the next start and after it.</summary>
public abstract class RollUpKillTests(ITestOutputHelper output) : IDisposable
{
    // Two steps of a gateway, the first of which takes long enough to be met in its middle.
    private const int Events = RollUpStore.MaxPositions + 4_000;
    private static readonly int Kills = Math.Max(3, TestRuns.Faults);
    private static readonly DateTimeOffset Begin = new(2026, 1, 20, 5, 0, 0, TimeSpan.Zero);

    private protected TemporaryFolder Folder { get; } = new();

    private protected virtual string? Connection => null;

    [Fact]
    public async Task Gateway_KilledInTheMiddleOfAStep_StatisticsAreExactAndEachEventIsCountedOnce()
    {
        Folder.Write("policies/test.yaml", Some.Policy);
        using var gateway = new KilledGateway(Folder, "honest", postgres: Connection) { RollUps = TimeSpan.FromHours(1) };
        await gateway.StartAsync();
        using var database = Open();
        Append(database);
        await Eventually.BecomesAsync(() => Task.FromResult(Signed(database)), Recorded(database));
        await gateway.KillAsync();
        var events = NaiveStatistics.Events(database);
        Check(database, events);

        var interrupted = 0;
        gateway.RollUps = TimeSpan.FromMilliseconds(20);
        for (var i = 0; i < Kills; i++)
        {
            CountAgain(database);
            await gateway.StartAsync();
            // Each second time, the step that is met is the second one.
            await Eventually.BecomesAsync(() => Task.FromResult(State(database).Position >= (i % 2 == 0 ? 0 : RollUpStore.MaxPositions) && IsInStep(database)), true);
            var before = State(database).Position;
            await gateway.KillAsync();
            await Eventually.BecomesAsync(() => Task.FromResult(IsInStep(database)), false);

            interrupted += State(database).Position == before ? 1 : 0;
            Check(database, events);
        }

        output.WriteLine($"killed while it counted: {Kills} kills, {interrupted} of them in the middle of a step, statistics exact after each");
        interrupted.Should().BePositive("a kill that interrupts nothing shows nothing");
        await gateway.StartAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(State(database).Position), Recorded(database));
        State(database).Events.Should().Be(events.Count);
        Check(database, events);
    }

    public virtual void Dispose() => Folder.Dispose();

    private protected abstract IDatabase Open();

    /// <summary>Whether some process has changed the numbers and not committed that yet.</summary>
    private protected abstract bool IsInStep(IDatabase database);

    // Each with a resource of its own, so that a step has many numbers to write.
    private static void Append(IDatabase database)
    {
        using var audit = database.OpenAuditStore();
        foreach (var chunk in Enumerable.Range(0, Events).Chunk(2_000))
        {
            audit.Append([.. chunk.Select(i => AuditRecord.Of(Event(i), RetentionClass.None))]).Should().AllBeEquivalentTo(AppendResult.Appended);
        }
    }

    private static AuditEvent Event(int i) => new()
    {
        Id = Guid.CreateVersion7(Begin.AddMinutes(i)).ToString(),
        Time = Begin.AddMinutes(i),
        Kind = AuditKinds.Decision,
        Organisation = "default",
        AgentId = Guid.Empty.ToString(),
        AgentName = "agent",
        SessionId = "session-1",
        TraceId = Guid.CreateVersion7(Begin.AddMinutes(i)).ToString(),
        Tool = i % 3 == 0 ? "Bash" : "Read",
        Action = "read:file",
        Resource = $"/home/dev/app/{i}",
        Effect = i % 4 == 0 ? Effects.Allow : Effects.Deny,
        Answer = i % 4 == 0 ? Effects.Allow : Effects.Deny,
        Policy = "everyday",
        Rule = "credentials",
    };

    // As after numbers that are gone, without the step that finds it out.
    private static void CountAgain(IDatabase database)
    {
        using var connection = database.Connect();
        connection.Execute("DELETE FROM audit_count");
        connection.Execute("UPDATE audit_count_state SET position = 0, events = 0, earliest = NULL, latest = NULL, generation = generation + 1");
        connection.Execute("INSERT INTO audit_count_state (id, position, generation, events) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING");
    }

    private static void Check(IDatabase database, IReadOnlyList<AuditEvent> events)
    {
        var statistics = new AuditStatistics(database, new RollUpStore(database));
        foreach (var (from, to) in new[] { (Begin.AddDays(-400), Begin.AddDays(400)), (Begin, Begin.AddHours(3)), (Begin.AddMinutes(1_234), Begin.AddMinutes(23_456)) })
        {
            var (begin, end) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
            statistics.Of(begin, end).ShouldBe(NaiveStatistics.Of(events, begin, end));
        }
    }

    private static RollUpState State(IDatabase database)
    {
        using var connection = database.Connect();
        return RollUpStore.State(connection)!;
    }

    private static long Recorded(IDatabase database)
    {
        using var connection = database.Connect();
        return connection.QuerySingle<long>("SELECT max(position) FROM audit_leaf");
    }

    // Who signs writes as well; a step must be the only thing that does.
    private static long Signed(IDatabase database)
    {
        using var connection = database.Connect();
        return connection.QuerySingleOrDefault<long?>("SELECT position FROM log_head") ?? 0;
    }
}

/// <inheritdoc/>
public sealed class SqliteRollUpKillTests(ITestOutputHelper output) : RollUpKillTests(output)
{
    private protected override IDatabase Open() => SqliteDatabase.Open(Folder.File("data"));

    private protected override bool IsInStep(IDatabase database)
    {
        // As the library says it: commands would wait for the lock.
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder.File("data"), SqliteDatabase.FileName)};Pooling=False");
        connection.Open();
        raw.sqlite3_busy_timeout(connection.Handle, 0);
        return raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE; ROLLBACK") == raw.SQLITE_BUSY;
    }
}

/// <inheritdoc/>
public sealed class PostgresRollUpKillTests(ITestOutputHelper output) : RollUpKillTests(output)
{
    private readonly PostgresOptions _database = PostgresServer.Shared.CreateDatabase();

    private protected override string Connection => _database.Connection;

    public override void Dispose()
    {
        base.Dispose();
        PostgresServer.Shared.Drop(_database);
    }

    private protected override IDatabase Open() => PostgresDatabase.Open(_database, TimeProvider.System, NullLogger<PostgresDatabase>.Instance);

    private protected override bool IsInStep(IDatabase database)
    {
        using var connection = database.Connect();
        return connection.QuerySingle<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'audit_count'::regclass AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid())");
    }
}
