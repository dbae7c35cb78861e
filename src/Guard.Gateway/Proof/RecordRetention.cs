using System.Data.Common;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.RollUps;
using Guard.Gateway.Storage;
using Guard.Proof.Log;
using Guard.Protocol;

namespace Guard.Gateway.Proof;

/// <summary>Ends the retention of whole months, for each retention class by itself: first the record says so, then their bodies go.</summary>
/// <remarks>
/// INVARIANT (said before done): a body goes only behind a committed event that says that its month has expired, so a gateway that
/// stops in between leaves nothing that verification could take for a removal. Whichever gateway looks next does the rest.
/// INVARIANT (what says it goes last): that event is of the class that it speaks of, so its own body only goes behind a newer one
/// that says the same and more. That is why several classes have an event each.
/// </remarks>
internal sealed class RecordRetention(IDatabase database, string organisation, TimeProvider clock)
{
    // Of one transaction, where they are deleted one by one; decisions wait no longer than that.
    private const int MaxBodies = 500;

    private const string LatestSql = """
        SELECT retention_days AS RetentionDays, before AS Before, CAST(first_id AS text) AS FirstId, expired_at AS ExpiredAt FROM audit_expiry AS newest
        WHERE before = (SELECT max(before) FROM audit_expiry AS other WHERE other.retention_days = newest.retention_days)
        """;

    private readonly RollUpStore _rollUps = new(database);
    private readonly string _oldestSql = $"SELECT CAST(id AS text) FROM audit_event WHERE retention_days = @retention AND id >= {database.Sql.Uuid("@firstKept")} ORDER BY id LIMIT 1";
    private readonly string _insertSql = $"INSERT INTO audit_expiry (retention_days, before, first_id, expired_by, expired_at) VALUES (@retention, @before, {database.Sql.Uuid("@firstId")}, {database.Sql.Uuid("@by")}, @now)";
    private readonly string _hasExpiredSql = $"SELECT EXISTS (SELECT 1 FROM audit_event WHERE retention_days = @RetentionDays AND id < {database.Sql.Uuid("@FirstId")})";
    private readonly string _boundSql = "SELECT max(id) FROM (SELECT id FROM audit_event WHERE retention_days = @RetentionDays AND id < @FirstId ORDER BY id LIMIT @MaxBodies) AS expired";

    /// <summary>
    /// The time by which the age of events is judged: this gateway's or the database server's, whichever is earlier. One clock
    /// that is far ahead must not end a record.
    /// </summary>
    public DateTimeOffset Now()
    {
        using var connection = database.Connect();
        return new[] { clock.GetUtcNow(), connection.ExecuteScalar<long?>(database.Sql.ServerTime) is { } server ? DateTimeOffset.FromUnixTimeMilliseconds(server) : DateTimeOffset.MaxValue }.Min();
    }

    /// <summary>The newest expiry of each class that has one.</summary>
    public static IReadOnlyDictionary<int, ExpiryRow> Latest(DbConnection connection) => connection.Query<ExpiryRow>(LatestSql).ToDictionary(static row => row.RetentionDays);

    /// <summary>The newest expiry of a class; null: there is none.</summary>
    public ExpiryRow? Latest(int retention)
    {
        using var connection = database.Connect();
        return Latest(connection).GetValueOrDefault(retention);
    }

    /// <summary>The classes that the record has, the shortest first, each with the time of its oldest body that has not expired, by its id.</summary>
    public IReadOnlyList<(int Retention, DateTimeOffset Oldest)> Oldest()
    {
        using var connection = database.Connect();
        var latest = Latest(connection);
        var found = new List<(int, DateTimeOffset)>();
        foreach (var retention in Classes(connection))
        {
            var firstKept = latest.GetValueOrDefault(retention)?.FirstId ?? Ids.First(DateTimeOffset.UnixEpoch);
            if (connection.QuerySingleOrDefault<string>(_oldestSql, new { retention, firstKept }) is { } id)
            {
                found.Add((retention, Ids.TimeOf(id)));
            }
        }

        return found;
    }

    /// <summary>Whether the record has, or may have, events of a class.</summary>
    public bool Has(int retention)
    {
        using var connection = database.Connect();
        return retention == RetentionClass.None || Classes(connection).Contains(retention);
    }

    /// <summary>Says that all months before one have expired. What their events say is still there when this returns.</summary>
    /// <param name="before">The beginning of a month.</param>
    /// <param name="retention">Of which class; null: of each that the record has.</param>
    /// <param name="actor">Who ends it.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The events that say so; none: they have expired already.</returns>
    public IReadOnlyList<SaidExpiry> Expire(DateTimeOffset before, int? retention, string actor, string reason)
    {
        var now = Now();
        var firstId = Ids.First(before);
        return database.Write(write =>
        {
            var latest = Latest(write.Connection);
            var said = new List<SaidExpiry>();
            foreach (var one in retention is { } stated ? [stated] : Classes(write.Connection))
            {
                if (latest.GetValueOrDefault(one) is { } known && string.CompareOrdinal(known.FirstId, firstId) >= 0)
                {
                    continue;
                }

                var saying = AdministrationEvent.Of(organisation, now, actor, Wire.ExpireOperation, ExpiryTarget.Text(AuditTime.ToWire(before), one), reason);
                write.Connection.Execute(_insertSql, new { retention = one, before = before.ToUnixTimeMilliseconds(), firstId, by = saying.Id, now = now.ToUnixTimeMilliseconds() });
                write.Record(saying, one);
                said.Add(new SaidExpiry(one, saying.Id));
            }

            return said;
        });
    }

    /// <summary>Deletes bodies whose retention has ended, with their numbers in the statistics.</summary>
    /// <returns>Whether there may be more.</returns>
    /// <exception cref="DbException">The record is read just now; nothing was deleted.</exception>
    public bool DropSome() => database.Write(write =>
    {
        var connection = write.Connection;
        var due = Latest(connection).Values.Where(expiry => connection.ExecuteScalar<bool>(_hasExpiredSql, expiry)).ToList();
        if (due.Count == 0)
        {
            return false;
        }

        if (database.Sql.DropsMonths is { } dropMonths)
        {
            foreach (var expiry in due)
            {
                _rollUps.RetractMonths(write, expiry.RetentionDays, expiry.Before, expiry.FirstId);
            }

            write.AtTheEnd(dropMonths);
            return false;
        }

        var first = due[0];
        var last = connection.QuerySingle<string>(_boundSql, new { first.RetentionDays, first.FirstId, MaxBodies });
        _rollUps.RetractUpTo(write, first.RetentionDays, last);
        connection.Execute("DELETE FROM audit_event WHERE retention_days = @RetentionDays AND id <= @last", new { first.RetentionDays, last });
        write.Erased();
        return true;
    });

    // Events without a retention are the oldest there are.
    private IReadOnlyList<int> Classes(DbConnection connection) => [.. connection.Query<int>(database.Sql.RetentionClasses).Append(RetentionClass.None).Distinct().Order()];
}
