using System.Data.Common;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Audit.RollUps;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Proof;

/// <summary>Ends the retention of whole months: first the record says so, then their bodies go.</summary>
/// <remarks>
/// INVARIANT (said before done): a body goes only behind a committed event that says that its month has expired, so a gateway that
/// stops in between leaves nothing that verification could take for a removal. Whichever gateway looks next does the rest.
/// </remarks>
internal sealed class RecordRetention(IDatabase database, string organisation, TimeProvider clock)
{
    // Of one transaction, where they are deleted one by one; decisions wait no longer than that.
    private const int MaxBodies = 500;

    private const string ExpirySql = "SELECT before AS Before, CAST(first_id AS text) AS FirstId, expired_at AS ExpiredAt FROM audit_expiry ORDER BY before DESC LIMIT 1";

    private readonly RollUpStore _rollUps = new(database);
    private readonly string _oldestSql = $"SELECT CAST(id AS text) FROM audit_event WHERE id >= {database.Sql.Uuid("@FirstKept")} ORDER BY id LIMIT 1";
    private readonly string _insertSql = $"INSERT INTO audit_expiry (before, first_id, expired_by, expired_at) VALUES (@before, {database.Sql.Uuid("@firstId")}, {database.Sql.Uuid("@by")}, @now)";
    private readonly string _hasExpiredSql = $"SELECT EXISTS (SELECT 1 FROM audit_event WHERE id < {database.Sql.Uuid("@FirstId")})";
    private readonly string _boundSql = "SELECT max(id) FROM (SELECT id FROM audit_event WHERE id < @FirstId ORDER BY id LIMIT @MaxBodies) AS expired";

    /// <summary>
    /// The time by which the age of events is judged: this gateway's or the database server's, whichever is earlier. One clock
    /// that is far ahead must not end a record.
    /// </summary>
    public DateTimeOffset Now()
    {
        using var connection = database.Connect();
        return new[] { clock.GetUtcNow(), connection.ExecuteScalar<long?>(database.Sql.ServerTime) is { } server ? DateTimeOffset.FromUnixTimeMilliseconds(server) : DateTimeOffset.MaxValue }.Min();
    }

    /// <summary>The newest expiry; null: there is none.</summary>
    public ExpiryRow? Latest()
    {
        using var connection = database.Connect();
        return Latest(connection);
    }

    /// <summary>The time of the oldest body that has not expired, by its id; null: there is none.</summary>
    public DateTimeOffset? Oldest()
    {
        using var connection = database.Connect();
        var firstKept = Latest(connection)?.FirstId ?? Ids.First(DateTimeOffset.UnixEpoch);
        return connection.QuerySingleOrDefault<string>(_oldestSql, new { FirstKept = firstKept }) is { } id ? Ids.TimeOf(id) : null;
    }

    /// <summary>Says that all months before one have expired. What their events say is still there when this returns.</summary>
    /// <param name="before">The beginning of a month.</param>
    /// <param name="actor">Who ends it.</param>
    /// <param name="reason">Why.</param>
    /// <returns>The event that says so; null: they have expired already.</returns>
    public string? Expire(DateTimeOffset before, string actor, string reason)
    {
        var now = Now();
        var firstId = Ids.First(before);
        var said = AdministrationEvent.Of(organisation, now, actor, Wire.ExpireOperation, AuditTime.ToWire(before), reason);
        return database.Write(write =>
        {
            if (Latest(write.Connection) is { } latest && string.CompareOrdinal(latest.FirstId, firstId) >= 0)
            {
                return null;
            }

            write.Connection.Execute(_insertSql, new { before = before.ToUnixTimeMilliseconds(), firstId, by = said.Id, now = now.ToUnixTimeMilliseconds() });
            write.Record(said);
            return said.Id;
        });
    }

    /// <summary>Deletes bodies whose retention has ended, with their numbers in the statistics.</summary>
    /// <returns>Whether there may be more.</returns>
    /// <exception cref="DbException">The record is read just now; nothing was deleted.</exception>
    public bool DropSome() => database.Write(write =>
    {
        var connection = write.Connection;
        if (Latest(connection) is not { } expiry || !connection.ExecuteScalar<bool>(_hasExpiredSql, new { expiry.FirstId }))
        {
            return false;
        }

        if (database.Sql.DropsMonths is { } dropMonths)
        {
            _rollUps.RetractMonths(write, expiry.Before, expiry.FirstId);
            write.AtTheEnd(dropMonths);
            return false;
        }

        var last = connection.QuerySingle<string>(_boundSql, new { expiry.FirstId, MaxBodies });
        _rollUps.RetractUpTo(write, last);
        connection.Execute("DELETE FROM audit_event WHERE id <= @last", new { last });
        return true;
    });

    private static ExpiryRow? Latest(DbConnection connection) => connection.QuerySingleOrDefault<ExpiryRow>(ExpirySql);
}

/// <summary>An expiry as stored; times in milliseconds since 1970-01-01 UTC.</summary>
internal sealed record ExpiryRow
{
    public long Before { get; init; }

    /// <summary>The smallest id that is kept.</summary>
    public string FirstId { get; init; } = "";
    public long ExpiredAt { get; init; }
}
