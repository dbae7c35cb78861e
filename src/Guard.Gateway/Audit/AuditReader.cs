using System.Text;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>Reads the record: pages for people, decisions for the join of outcomes.</summary>
internal sealed class AuditReader(IDatabase database)
{
    /// <summary>Characters of one page, all of them ASCII. Clients read pages whole, so their memory is bounded by this.</summary>
    private const int MaxPageSize = 16 * 1024 * 1024;

    private const string PageSql = "SELECT position AS Position, body AS Body FROM audit_event";

    private readonly string _byTraceSql = $"""
        SELECT body FROM audit_event
        WHERE agent_id = {database.Sql.Uuid("@agentId")} AND trace_id = {database.Sql.Uuid("@traceId")} AND kind = 'decision'
        """;

    // A client that asks twice for one call makes two decisions; the outcome belongs to the later one.
    private readonly string _byCallSql = $"""
        SELECT body FROM audit_event
        WHERE {database.Sql.DecisionsOfCall}
        ORDER BY position DESC LIMIT 1
        """;

    private readonly string _latestSql = $"""
        SELECT body FROM audit_event WHERE agent_id = {database.Sql.Uuid("@agentId")} AND kind IN ('decision', 'outcome') ORDER BY position DESC LIMIT 1
        """;

    /// <summary>
    /// Newest first. With <see cref="AuditQuery.After"/> the page holds the first events behind that position, so that a
    /// tail that continues with the highest position it has seen misses none.
    /// </summary>
    public AuditPage Page(AuditQuery query)
    {
        var forward = query.After is not null;
        var conditions = query.Conditions(database.Sql).ToList();
        using var connection = database.Connect();
        if (query.Outermost(database.Sql) is { } outermost)
        {
            var (first, last) = connection.QuerySingle<(long? First, long? Last)>(outermost, query);
            query = query with { First = first, Last = last };
        }

        var route = database.Sql.ChoosesIndexes ? new AuditRoute("", conditions.Select(static condition => condition.Sql)) : AuditRoute.Of(connection, query, conditions);
        var sql = new StringBuilder(PageSql).Append(route.Hint);
        if (conditions.Count > 0)
        {
            sql.Append(" WHERE ").AppendJoin(" AND ", route.Conditions);
        }

        sql.Append(forward ? " ORDER BY position ASC" : " ORDER BY position DESC").Append(" LIMIT @Probe");
        var rows = new List<Row>();
        var more = false;
        var size = 0L;
        foreach (var row in connection.Query<Row>(sql.ToString(), query, buffered: false))
        {
            // An event can be as large as a decision request: a page of many large ones ends early, but never without one.
            size += row.Body.Length;
            if (rows.Count > 0 && size > MaxPageSize)
            {
                more = true;
                break;
            }

            // The row behind the page is the last one, and is read to the answer's end: who leaves before has the server cancel the
            // statement, for which PostgreSQL needs another connection and many times as long as for the page.
            if (rows.Count == query.Limit)
            {
                more = true;
                continue;
            }

            rows.Add(row);
        }

        if (forward)
        {
            rows.Reverse();
        }

        return new AuditPage
        {
            Events = [.. rows.Select(static row => Read(row.Body) with { Position = row.Position })],
            NextBefore = more && !forward ? rows[^1].Position : null,
        };
    }

    /// <summary>The agent's own decision of a trace; another agent's is as unknown as none.</summary>
    public AuditEvent? FindDecision(string agentId, string traceId)
    {
        using var connection = database.Connect();
        return Read(connection.QuerySingleOrDefault<string>(_byTraceSql, new { agentId, traceId }));
    }

    /// <summary>The agent's own latest decision about a tool call.</summary>
    public AuditEvent? FindDecision(string agentId, string sessionId, string toolUseId)
    {
        using var connection = database.Connect();
        return Read(connection.QuerySingleOrDefault<string>(_byCallSql, new { agentId, sessionId, toolUseId }));
    }

    /// <summary>The last call an agent asked about or reported; null: none.</summary>
    public AuditEvent? FindLatest(string agentId)
    {
        using var connection = database.Connect();
        return Read(connection.QuerySingleOrDefault<string>(_latestSql, new { agentId }));
    }

    // Tolerant of members it does not know: the row may come from a later version of the program.
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(body))]
    private static AuditEvent? Read(string? body) =>
        body is null ? null : JsonSerializer.Deserialize(body, ProtocolJson.Default.AuditEvent)
            ?? throw new InvalidDataException("An audit event in the store is empty.");

    private sealed record Row
    {
        public long Position { get; init; }
        public string Body { get; init; } = "";
    }
}
