using System.Data.Common;
using Dapper;
using Guard.Gateway.Storage;

namespace Guard.Gateway.Audit.RollUps;

/// <summary>The numbers of hours, days and months in the store, and the events that they are made from.</summary>
/// <remarks>
/// INVARIANT (counted once): the state says up to which position events are counted. It moves on in the transaction that adds
/// their numbers, and only from the very state that they were read behind, so of several gateways each step is made by one, and
/// a gateway that dies has made a step or has not.
/// INVARIANT (a body and its numbers go together): whoever deletes bodies takes their numbers away in the same transaction, and
/// changes the state's generation first, so that no step of before adds them again.
/// </remarks>
internal sealed class RollUpStore
{
    /// <summary>Of one step.</summary>
    public const int MaxPositions = 20_000;

    private const string StateSql = "SELECT position AS Position, generation AS Generation, events AS Events, earliest AS Earliest, latest AS Latest FROM audit_count_state WHERE id = 1";

    // The months alone: a few rows, and whoever takes numbers away takes these, too.
    private const string CountedSql = "SELECT CAST(coalesce(sum(count), 0) AS bigint) FROM audit_count WHERE level = 2 AND dimension = 'kind'";

    private const string NextSql = """
        UPDATE audit_count_state SET position = @position, events = @events, earliest = @earliest, latest = @latest
        WHERE id = 1 AND position = @before AND generation = @generation
        """;

    private const string AgainSql = """
        UPDATE audit_count_state SET position = 0, events = 0, earliest = NULL, latest = NULL, generation = generation + 1
        WHERE id = 1 AND position = @Position AND generation = @Generation
        """;

    private readonly IDatabase _database;
    private readonly string _groupSql;
    private readonly string _addSql;
    private readonly string _dropEmptySql;
    private readonly string _topSql;
    private readonly string _topsSql;

    public RollUpStore(IDatabase database)
    {
        _database = database;
        var sql = database.Sql;
        _groupSql = $$"""
            SELECT time / 3600000 * 3600000 AS Hour, kind AS Kind,
                CASE kind WHEN 'decision' THEN effect END AS Effect,
                CASE kind WHEN 'decision' THEN {{sql.AgentId}} END AS AgentId,
                CASE kind WHEN 'decision' THEN agent_name END AS AgentName,
                CASE kind WHEN 'decision' THEN tool END AS Tool,
                CASE WHEN kind = 'decision' AND effect = 'deny' THEN policy END AS Policy,
                CASE WHEN kind = 'decision' AND effect = 'deny' THEN rule END AS Rule,
                CASE WHEN kind = 'decision' AND effect = 'deny' THEN action END AS Action,
                CASE WHEN kind = 'decision' AND effect = 'deny' THEN {{sql.Resource}} END AS Resource,
                retention_days AS RetentionDays,
                sum(CASE WHEN kind = 'decision' AND effect <> 'allow' THEN CASE {{sql.Answer}} WHEN 'allow' THEN 1 ELSE 0 END ELSE 0 END) AS NotEnforced,
                count(*) AS Count, min(time) AS First, max(time) AS Last
            FROM {0} WHERE {1} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
            """;
        _addSql = $"""
            INSERT INTO audit_count (level, slot, dimension, digest, subject, count, denied, retention_days)
            SELECT level, slot, dimension, digest, subject, count, denied, retention_days FROM {sql.CountsOfJson} WHERE 1 = 1
            ON CONFLICT (level, dimension, slot, digest, retention_days) DO UPDATE SET count = audit_count.count + excluded.count, denied = audit_count.denied + excluded.denied
            """;
        _dropEmptySql = $"""
            DELETE FROM audit_count
            WHERE count <= 0 AND (level, dimension, slot, digest, retention_days) IN (SELECT level, dimension, slot, digest, retention_days FROM {sql.CountsOfJson})
            """;
        _topSql = $"""
            SELECT subject AS Subject, CAST(sum(count) AS bigint) AS Count, CAST(sum(denied) AS bigint) AS Denied
            FROM ({Counted(sql, "= @dimension")}) AS counted
            GROUP BY subject ORDER BY 2 DESC, 1 LIMIT @limit
            """;
        _topsSql = $"""
            SELECT dimension AS Dimension, subject AS Subject, CAST(count AS bigint) AS Count, CAST(denied AS bigint) AS Denied
            FROM (SELECT dimension, subject, sum(count) AS count, sum(denied) AS denied, row_number() OVER (PARTITION BY dimension ORDER BY sum(count) DESC, subject) AS place
                FROM ({Counted(sql, $"IN ({string.Join(", ", RollUpDimensions.Few.Select(static dimension => $"'{dimension}'"))})")}) AS counted
                GROUP BY dimension, subject) AS placed
            WHERE place <= @limit ORDER BY dimension, place
            """;
    }

    private static string Counted(SqlDialect sql, string dimensions) =>
        string.Concat(Enumerable.Range(0, 5).Select(i =>
            $"SELECT dimension, subject, count, denied FROM audit_count WHERE level = @level{i} AND dimension {dimensions} AND slot >= @from{i} AND slot < @to{i} UNION ALL "))
        + $"SELECT dimension, subject, count, denied FROM {sql.CountsOfJson}";

    private static DynamicParameters Given(IReadOnlyList<RollUpStretch> stretches, object values)
    {
        var parameters = new DynamicParameters(values);
        for (var i = 0; i < stretches.Count; i++)
        {
            parameters.Add($"level{i}", stretches[i].Level);
            parameters.Add($"from{i}", stretches[i].From);
            parameters.Add($"to{i}", stretches[i].To);
        }

        return parameters;
    }

    /// <summary>Null: nothing was ever counted here.</summary>
    public static RollUpState? State(DbConnection connection) => connection.QuerySingleOrDefault<RollUpState>(StateSql);

    /// <summary>Whether the numbers are all there that the state speaks of.</summary>
    public static bool IsWhole(DbConnection connection, RollUpState state) => connection.QuerySingle<long>(CountedSql) == state.Events;

    /// <summary>Events behind a position and up to another.</summary>
    public IReadOnlyList<EventGroup> Behind(DbConnection connection, long after, long upTo) =>
        Groups(connection, _database.Sql.EventsByPosition, "position > @after AND position <= @upTo", new { after, upTo });

    /// <summary>Events of a time behind a position.</summary>
    public IReadOnlyList<EventGroup> Behind(DbConnection connection, long after, long from, long to) =>
        Groups(connection, _database.Sql.EventsByPosition, "position > @after AND time >= @from AND time < @to", new { after, from, to });

    /// <summary>Events of a time up to a position.</summary>
    public IReadOnlyList<EventGroup> UpTo(DbConnection connection, long upTo, long from, long to) =>
        Groups(connection, _database.Sql.EventsByTime, "time >= @from AND time < @to AND position <= @upTo", new { upTo, from, to });

    /// <summary>The most frequent subjects of a dimension, with what is counted one by one.</summary>
    public IReadOnlyList<SubjectCount> Top(DbConnection connection, string dimension, IReadOnlyList<RollUpStretch> stretches, RollUpCells more, int limit) =>
        connection.Query<SubjectCount>(_topSql, Given(stretches, new { dimension, limit, cells = more.ToJson([dimension]) })).AsList();

    /// <summary>The same of each of <see cref="RollUpDimensions.Few"/>: in one statement, because to plan one takes the store longer than to run it.</summary>
    public ILookup<string, SubjectCount> Tops(DbConnection connection, IReadOnlyList<RollUpStretch> stretches, RollUpCells more, int limit) =>
        connection.Query<SubjectCount>(_topsSql, Given(stretches, new { limit, cells = more.ToJson(RollUpDimensions.Few) })).ToLookup(static count => count.Dimension, StringComparer.Ordinal);

    /// <summary>The hours of one subject.</summary>
    public static IEnumerable<(long Hour, long Count)> Hours(DbConnection connection, string dimension, string subject, long from, long to) => connection.Query<(long, long)>(
        "SELECT slot, count FROM audit_count WHERE level = 0 AND dimension = @dimension AND slot >= @from AND slot < @to AND digest = @digest",
        new { dimension, from, to, digest = RollUpSubject.Digest(subject) });

    /// <summary>Counts what was recorded since the last step.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool Step()
    {
        var (state, isWhole, position, cells) = _database.Read(connection =>
        {
            var cells = new RollUpCells();
            var state = State(connection);
            if (state is null || !IsWhole(connection, state))
            {
                return (state, false, 0L, cells);
            }

            var recorded = connection.QuerySingle<long?>("SELECT max(position) FROM audit_leaf") ?? 0;
            var position = Math.Min(recorded, state.Position + MaxPositions);
            if (position > state.Position)
            {
                cells.Add(Behind(connection, state.Position, position));
            }

            return (state, true, position, cells);
        });
        if (state is null || !isWhole)
        {
            Begin(state);
            return true;
        }

        if (position == state.Position)
        {
            return false;
        }

        Store(state, position, cells);
        return position == state.Position + MaxPositions;
    }

    /// <summary>Takes away what one event was counted as, in the transaction that deletes its body and before it does.</summary>
    public void Retract(StoreWrite write, long position)
    {
        var connection = write.Connection;
        if (Hold(connection) is { } state && position <= state.Position)
        {
            var cells = new RollUpCells();
            cells.Add(Behind(connection, position - 1, position), -1);
            Change(connection, cells);
        }
    }

    /// <summary>Takes away what the events of a retention up to an id were counted as, likewise.</summary>
    public void RetractUpTo(StoreWrite write, int retentionDays, string lastId)
    {
        var connection = write.Connection;
        if (Hold(connection) is { } state)
        {
            var cells = new RollUpCells();
            cells.Add(Groups(connection, "audit_event", $"retention_days = @retentionDays AND id <= {_database.Sql.Uuid("@lastId")} AND position <= @upTo", new { retentionDays, lastId, upTo = state.Position }), -1);
            Change(connection, cells);
        }
    }

    /// <summary>Takes away what the events of a retention in expired months were counted as, likewise.</summary>
    /// <param name="write">The change.</param>
    /// <param name="retentionDays">Theirs.</param>
    /// <param name="before">A beginning of a month, in milliseconds; what is older by its id has expired.</param>
    /// <param name="firstId">The smallest id that is kept.</param>
    public void RetractMonths(StoreWrite write, int retentionDays, long before, string firstId)
    {
        var connection = write.Connection;
        if (Hold(connection) is not { } state)
        {
            return;
        }

        // What a hook kept in its spool has an id of before its time, which can be the time of another month.
        var first = _database.Sql.Uuid("@firstId");
        var values = new { retentionDays, firstId, before, upTo = state.Position };
        var cells = new RollUpCells();
        cells.Add(Groups(connection, "audit_event", $"retention_days = @retentionDays AND id < {first} AND time >= @before AND position <= @upTo", values), -1);
        cells.Add(Groups(connection, _database.Sql.EventsByTime, $"retention_days = @retentionDays AND time < @before AND id >= {first} AND position <= @upTo", values));
        var gone = connection.QuerySingle<long>(CountedSql + " AND slot < @before AND retention_days = @retentionDays", values);
        connection.Execute("DELETE FROM audit_count WHERE slot < @before AND retention_days = @retentionDays", values);
        connection.Execute("UPDATE audit_count_state SET events = events - @gone WHERE id = 1", new { gone });
        Change(connection, cells);
    }

    private IReadOnlyList<EventGroup> Groups(DbConnection connection, string table, string condition, object values) =>
        connection.Query<EventGroup>(string.Format(System.Globalization.CultureInfo.InvariantCulture, _groupSql, table, condition), values).AsList();

    // Whoever comes second waits here; null: nothing is counted.
    private static RollUpState? Hold(DbConnection connection)
    {
        connection.Execute("UPDATE audit_count_state SET generation = generation + 1 WHERE id = 1");
        return State(connection);
    }

    private void Change(DbConnection connection, RollUpCells cells)
    {
        var json = new { cells = cells.ToJson() };
        connection.Execute(_addSql, json);
        connection.Execute(_dropEmptySql, json);
        connection.Execute("UPDATE audit_count_state SET events = events + @Events WHERE id = 1", new { cells.Events });
    }

    private void Store(RollUpState state, long position, RollUpCells cells) => _database.Write(write =>
    {
        var moved = write.Connection.Execute(NextSql, new
        {
            position,
            events = state.Events + cells.Events,
            earliest = Least(state.Earliest, cells.Earliest),
            latest = -Least(-state.Latest, -cells.Latest),
            before = state.Position,
            generation = state.Generation,
        });
        if (moved == 1)
        {
            write.Connection.Execute(_addSql, new { cells = cells.ToJson() });
        }

        return moved;
    });

    // Nothing is counted, or numbers are gone.
    private void Begin(RollUpState? state) => _database.Write(write =>
    {
        // Who is second waits for the first and then does nothing.
        var begun = state is null
            ? write.Connection.Execute("INSERT INTO audit_count_state (id, position, generation, events) VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING")
            : write.Connection.Execute(AgainSql, state);
        if (begun == 1)
        {
            write.Connection.Execute("DELETE FROM audit_count");
        }

        return begun;
    });

    private static long? Least(long? one, long? other) => one is null || other < one ? other ?? one : one;
}

/// <summary>A subject and its number.</summary>
internal sealed record SubjectCount
{
    /// <summary>Empty where one alone was asked for.</summary>
    public string Dimension { get; init; } = "";
    public string Subject { get; init; } = "";
    public long Count { get; init; }
    public long Denied { get; init; }
}
