using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>Counts the decisions of a time.</summary>
internal sealed class AuditStatistics(Database database)
{
    private const string Decisions = "FROM audit_event INDEXED BY audit_event_time WHERE time >= @from AND time < @to AND kind = 'decision'";
    private const string Denials = Decisions + " AND effect = 'deny'";

    private const string EffectSql = $"SELECT effect AS Name, count(*) AS Count {Decisions} GROUP BY effect ORDER BY Count DESC, Name";

    private const string NotEnforcedSql = $"SELECT count(*) {Decisions} AND effect <> 'allow' AND json_extract(body, '$.answer') = 'allow'";

    // Two agents can have had the same name, one after the other.
    private const string AgentSql = $"""
        SELECT agent_id AS Id, max(agent_name) AS Name, count(*) AS Count, sum(effect = 'deny') AS Denied {Decisions}
        GROUP BY agent_id ORDER BY Count DESC, Name LIMIT 20
        """;

    private const string ToolSql = $"SELECT tool AS Name, count(*) AS Count, sum(effect = 'deny') AS Denied {Decisions} GROUP BY tool ORDER BY Count DESC, Name LIMIT 20";

    private const string RuleSql = $"SELECT policy AS Id, rule AS Name, count(*) AS Count {Denials} GROUP BY policy, rule ORDER BY Count DESC, Id, Name LIMIT 10";

    // Cut: agents choose how long a resource is.
    private const string ResourceSql = $"""
        SELECT action AS Id, substr(json_extract(body, '$.resource'), 1, 500) AS Name, count(*) AS Count {Denials}
        GROUP BY 1, 2 ORDER BY Count DESC, Id, Name LIMIT 10
        """;

    private const string HourSql = $"SELECT time / 3600000 * 3600000 AS Hour, count(*) AS Count {Denials} GROUP BY Hour ORDER BY Hour";

    /// <param name="from">Inclusive, in milliseconds since 1970-01-01 UTC.</param>
    /// <param name="to">Exclusive, likewise.</param>
    public AuditStats Of(long from, long to)
    {
        using var connection = database.Connect();

        // One view of the record for all counts, so that they add up.
        using var transaction = connection.BeginTransaction(deferred: true);
        var times = new { from, to };
        var effects = connection.Query<Row>(EffectSql, times, transaction).AsList();
        return new AuditStats
        {
            From = DateTimeOffset.FromUnixTimeMilliseconds(from),
            To = DateTimeOffset.FromUnixTimeMilliseconds(to),
            Decisions = effects.Sum(static row => row.Count),
            NotEnforced = connection.ExecuteScalar<long>(NotEnforcedSql, times, transaction),
            Effects = [.. effects.Select(static row => new EffectCount { Effect = row.Name ?? "", Decisions = row.Count })],
            Agents = [.. connection.Query<Row>(AgentSql, times, transaction).Select(static row => new AgentCount { Id = row.Id ?? "", Name = row.Name ?? "", Decisions = row.Count, Denied = row.Denied })],
            Tools = [.. connection.Query<Row>(ToolSql, times, transaction).Select(static row => new ToolCount { Tool = row.Name ?? "", Decisions = row.Count, Denied = row.Denied })],
            DeniedRules = [.. connection.Query<Row>(RuleSql, times, transaction).Select(static row => new RuleCount { Policy = row.Id, Rule = row.Name, Denied = row.Count })],
            DeniedResources = [.. connection.Query<Row>(ResourceSql, times, transaction).Select(static row => new ResourceCount { Action = row.Id ?? "", Resource = row.Name ?? "", Denied = row.Count })],
            DenialsPerHour = [.. connection.Query<Row>(HourSql, times, transaction).Select(static row => new HourCount { Hour = DateTimeOffset.FromUnixTimeMilliseconds(row.Hour), Denied = row.Count })],
        };
    }

    private sealed record Row
    {
        public string? Id { get; init; }
        public string? Name { get; init; }
        public long Hour { get; init; }
        public long Count { get; init; }
        public long Denied { get; init; }
    }
}
