using System.Data.Common;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.RollUps;
using Guard.Gateway.Proof;
using Guard.Gateway.Storage;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit.RollUps;

/// <summary>Statistics are at any moment what a naive count of the record comes to.</summary>
public abstract class RollUpTests(StoreKind kind) : IDisposable
{
    private const int Chunk = 200;
    private static readonly DateTimeOffset Begin = new(2026, 1, 20, 5, 0, 0, TimeSpan.Zero);

    private readonly TestStore _store = new(kind);
    private readonly Random _random = new(11);
    private readonly Dictionary<string, int> _retentions = [];
    private readonly string[] _agents = [.. Enumerable.Range(0, 6).Select(static _ => Guid.CreateVersion7().ToString())];

    [Fact]
    public void Statistics_WhileEventsComeAndAreCounted_AreExact()
    {
        var rollUps = new RollUpStore(_store.Database);
        Check();
        for (var i = 0; i < 6; i++)
        {
            Append();
            Check();
            for (var steps = _random.Next(3); steps > 0; steps--)
            {
                rollUps.Step();
            }

            Check();
        }

        Settle();
        Counted().Should().Be(6 * Chunk);
        Check();
    }

    [Fact]
    public void Statistics_AfterErasures_NoLongerHoldWhatIsErased()
    {
        Append();
        Settle();
        Append();
        var store = new LogStore(_store.Database);
        var events = NaiveStatistics.Events(_store.Database);
        foreach (var erased in events.Where(static (_, i) => i % 50 == 0))
        {
            _store.Database.Write(write =>
            {
                store.Erase(write, store.Leaf(write.Connection, erased.Id)!, Guid.CreateVersion7().ToString(), 1);
                return true;
            });
            if (erased.Position % 3 == 0)
            {
                Settle();
            }
        }

        NaiveStatistics.Events(_store.Database).Should().HaveCount(2 * Chunk - 8);
        Check();
        Settle();
        Check();
        using var connection = _store.Database.Connect();
        connection.QuerySingle<long>("SELECT count(*) FROM audit_count WHERE count <= 0").Should().Be(0, "what was erased leaves no name behind");
    }

    [Fact]
    public void Statistics_AfterMonthsExpired_AreOfWhatIsLeft()
    {
        Append();
        Append();
        Settle();
        Append();
        var retention = new RecordRetention(_store.Database, "default", TimeProvider.System);
        var february = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        foreach (var (before, only) in new (DateTimeOffset, int?)[] { (february, 30), (february, null), (february.AddMonths(1), 90), (february.AddMonths(1), RetentionClass.None), (february.AddMonths(1), null) })
        {
            var kept = NaiveStatistics.Events(_store.Database).Select(static e => e.Id).Where(id => !HasExpired(id, before, only)).ToList();
            retention.Expire(before, only, "ada", "old").Should().HaveCount(only is null && before == february ? 2 : 1);
            Check();
            while (retention.DropSome())
            {
                Check();
            }

            var left = NaiveStatistics.Events(_store.Database).Select(static e => e.Id).ToList();
            left.Should().NotContain(id => HasExpired(id, before, only)).And.Contain(kept);
            Check();
            retention.DropSome().Should().BeFalse();
            Check();
            Settle();
            Check();
        }
    }

    /// <summary>Several replicas count at once, while others record, erase and read.</summary>
    [Fact]
    public async Task Statistics_OfSeveralGatewaysThatCountAtOnce_AreExact()
    {
        using var other = _store.Open();
        var done = false;
        var counting = new[] { _store.Database, other, other }.Select(database => Task.Run(() =>
        {
            var rollUps = new RollUpStore(database);
            while (!Volatile.Read(ref done))
            {
                rollUps.Step();
            }
        })).ToArray();
        var store = new LogStore(_store.Database);
        for (var i = 1; i <= 5; i++)
        {
            Append();
            var erased = NaiveStatistics.Events(_store.Database)[_random.Next(100)];
            _store.Database.Write(write =>
            {
                store.Erase(write, store.Leaf(write.Connection, erased.Id)!, Guid.CreateVersion7().ToString(), 1);
                return true;
            });
            Check();
        }

        Volatile.Write(ref done, true);
        await Task.WhenAll(counting);
        Settle();
        Check();
        Counted().Should().Be(5 * Chunk - 5);
    }

    [Theory]
    [InlineData("DELETE FROM audit_count")]
    [InlineData("DELETE FROM audit_count WHERE slot > 1769904000000")]
    [InlineData("DELETE FROM audit_count_state")]
    [InlineData("DELETE FROM audit_count", "DELETE FROM audit_count_state")]
    public void Numbers_ThatAreGone_AreMadeAgain(params string[] damage)
    {
        Append();
        Settle();
        using (var connection = _store.Database.Connect())
        {
            foreach (var statement in damage)
            {
                connection.Execute(statement);
            }
        }

        Check();
        Settle();
        Counted().Should().Be(Chunk);
        Check();
    }

    [Fact]
    public void Step_ThatFailsInItsMiddle_HasCountedNothing()
    {
        Append();
        Settle();
        Append();
        using var connection = _store.Database.Connect();
        Break(connection);
        new RollUpStore(_store.Database).Invoking(static rollUps => rollUps.Step()).Should().Throw<DbException>();
        Check();
        Mend(connection);
        Settle();
        Check();
        Counted().Should().Be(2 * Chunk);
    }

    public void Dispose() => _store.Dispose();

    private protected abstract void Break(DbConnection connection);

    private protected abstract void Mend(DbConnection connection);

    private void Settle()
    {
        var rollUps = new RollUpStore(_store.Database);
        while (rollUps.Step())
        {
            // There is more.
        }
    }

    private long Counted()
    {
        using var connection = _store.Database.Connect();
        return RollUpStore.State(connection)!.Events;
    }

    private void Check()
    {
        var events = NaiveStatistics.Events(_store.Database);
        var statistics = new AuditStatistics(_store.Database, new RollUpStore(_store.Database));
        var begin = Begin.AddDays(-40).ToUnixTimeMilliseconds();
        var end = Begin.AddDays(140).ToUnixTimeMilliseconds();
        foreach (var (from, to) in Spans(events))
        {
            statistics.Of(from, to).ShouldBe(NaiveStatistics.Of(events, from, to));
        }

        IEnumerable<(long From, long To)> Spans(IReadOnlyList<AuditEvent> record)
        {
            yield return (begin, end);
            yield return (DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
            for (var i = 0; i < 3; i++)
            {
                var from = _random.NextInt64(begin, end);
                yield return (from, _random.NextInt64(from + 1, end + 1));
                yield return (from, from + _random.NextInt64(1, 10_000_000));
                yield return (RollUpTime.Hour(from), RollUpTime.Hour(from) + 3_600_000 * _random.NextInt64(1, 100));
                if (record.Count > 0)
                {
                    // Exactly from and to an event.
                    var one = record[_random.Next(record.Count)].Time.ToUnixTimeMilliseconds();
                    yield return (one, one + 1);
                    yield return (one, end);
                    yield return (begin, one);
                }
            }
        }
    }

    private bool HasExpired(string id, DateTimeOffset before, int? only) =>
        string.CompareOrdinal(id, Ids.First(before)) < 0 && (only is null || _retentions.GetValueOrDefault(id) == only);

    private void Append()
    {
        using var audit = _store.Database.OpenAuditStore();
        audit.Append([.. Enumerable.Range(0, Chunk).Select(_ => Record())]).Should().AllBeEquivalentTo(AppendResult.Appended);
    }

    private AuditRecord Record()
    {
        var auditEvent = Event();
        var retention = _random.Next(3) switch { 0 => RetentionClass.None, 1 => 30, _ => 90 };
        _retentions.Add(auditEvent.Id, retention);
        return AuditRecord.Of(auditEvent, retention);
    }

    // Over three months in any order, as clocks that are set make it; half of all in a few hours.
    private AuditEvent Event()
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds((_random.Next(2) == 0 ? Begin.AddDays(_random.NextDouble() * 75) : Begin.AddDays(30).AddHours(_random.NextDouble() * 5)).ToUnixTimeMilliseconds());
        var what = Pick(AuditKinds.Decision, AuditKinds.Decision, AuditKinds.Decision, AuditKinds.Decision, AuditKinds.HookDenied, AuditKinds.SequenceGap, AuditKinds.Outcome, AuditKinds.Administration);
        // A hook's spool can be handed over days later.
        var made = what == AuditKinds.HookDenied ? time.AddDays(-_random.Next(10)) : time;
        var agent = _random.Next(_agents.Length);
        var effect = Pick(Effects.Allow, Effects.Allow, Effects.Ask, Effects.Deny);
        return new AuditEvent
        {
            Id = Guid.CreateVersion7(made).ToString(),
            Time = time,
            Kind = what,
            Organisation = "default",
            AgentId = what == AuditKinds.Administration ? null : _agents[agent],
            AgentName = what == AuditKinds.Administration ? null : $"agent {agent / 2}",
            SessionId = "session-1",
            TraceId = what is AuditKinds.Decision or AuditKinds.Outcome ? Guid.CreateVersion7(time).ToString() : null,
            Tool = Pick("Read", "Bash", "mcp__\"quoted\"\\__tool", "Ünïcode 🛡", null),
            Action = Pick("read:file", "execute:shell"),
            Resource = Pick("/home/dev/app/.env", "rm -rf \"/\"", new string('x', 450) + "ä", "[\"/home\"]", ""),
            Effect = effect,
            Answer = effect == Effects.Allow || _random.Next(3) == 0 ? Effects.Allow : effect,
            Policy = Pick("everyday", "", null),
            Rule = Pick("credentials", "release", null),
        };
    }

    private string Pick(params ReadOnlySpan<string?> texts) => texts[_random.Next(texts.Length)]!;
}

/// <inheritdoc/>
public sealed class SqliteRollUpTests() : RollUpTests(StoreKind.Sqlite)
{
    private protected override void Break(DbConnection connection) =>
        connection.Execute("CREATE TRIGGER broken BEFORE UPDATE ON audit_count WHEN NEW.dimension = 'rule' BEGIN SELECT RAISE(ABORT, 'broken'); END");

    private protected override void Mend(DbConnection connection) => connection.Execute("DROP TRIGGER broken");
}

/// <inheritdoc/>
public sealed class PostgresRollUpTests() : RollUpTests(StoreKind.Postgres)
{
    private protected override void Break(DbConnection connection) => connection.Execute(
        """
        CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
        CREATE TRIGGER broken BEFORE UPDATE ON audit_count FOR EACH ROW WHEN (NEW.dimension = 'rule') EXECUTE FUNCTION broken();
        """);

    private protected override void Mend(DbConnection connection) => connection.Execute("DROP TRIGGER broken ON audit_count");
}
