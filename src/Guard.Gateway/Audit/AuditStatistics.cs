using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>Counts the decisions of a time.</summary>
internal sealed class AuditStatistics
{
    private readonly IDatabase _database;
    private readonly string _effects;
    private readonly string _notEnforced;
    private readonly string _others;
    private readonly string _agents;
    private readonly string _tools;
    private readonly string _rules;
    private readonly string _resources;
    private readonly string _hours;

    public AuditStatistics(IDatabase database)
    {
        _database = database;
        var sql = database.Sql;
        var decisions = $"FROM {sql.EventsByTime} WHERE time >= @from AND time < @to AND kind = 'decision'";
        var denials = $"{decisions} AND effect = 'deny'";
        _effects = $"SELECT effect AS Name, count(*) AS Count {decisions} GROUP BY effect ORDER BY Count DESC, Name";
        _notEnforced = $"SELECT count(*) {decisions} AND effect <> 'allow' AND {sql.Answer} = 'allow'";
        _others = $"SELECT kind AS Name, count(*) AS Count FROM {sql.EventsByTime} WHERE time >= @from AND time < @to AND kind IN ('hook-denied', 'sequence-gap') GROUP BY kind";

        // Two agents can have had the same name, one after the other.
        _agents = $"""
            SELECT {sql.AgentId} AS Id, max(agent_name) AS Name, count(*) AS Count, sum(CASE effect WHEN 'deny' THEN 1 ELSE 0 END) AS Denied {decisions}
            GROUP BY agent_id ORDER BY Count DESC, Name LIMIT 20
            """;
        _tools = $"SELECT tool AS Name, count(*) AS Count, sum(CASE effect WHEN 'deny' THEN 1 ELSE 0 END) AS Denied {decisions} GROUP BY tool ORDER BY Count DESC, Name LIMIT 20";
        _rules = $"SELECT policy AS Id, rule AS Name, count(*) AS Count {denials} GROUP BY policy, rule ORDER BY Count DESC, Id, Name LIMIT 10";
        _resources = $"SELECT action AS Id, {sql.Resource} AS Name, count(*) AS Count {denials} GROUP BY 1, 2 ORDER BY Count DESC, Id, Name LIMIT 10";
        _hours = $"SELECT time / 3600000 * 3600000 AS Hour, count(*) AS Count {denials} GROUP BY 1 ORDER BY 1";
    }

    /// <param name="from">Inclusive, in milliseconds since 1970-01-01 UTC.</param>
    /// <param name="to">Exclusive, likewise.</param>
    public AuditStats Of(long from, long to) => _database.Read(connection =>
    {
        var times = new { from, to };
        var effects = connection.Query<Row>(_effects, times).AsList();
        var others = connection.Query<Row>(_others, times).ToDictionary(static row => row.Name ?? "", static row => row.Count, StringComparer.Ordinal);
        return new AuditStats
        {
            HookDenied = others.GetValueOrDefault(AuditKinds.HookDenied),
            SequenceGaps = others.GetValueOrDefault(AuditKinds.SequenceGap),
            From = DateTimeOffset.FromUnixTimeMilliseconds(from),
            To = DateTimeOffset.FromUnixTimeMilliseconds(to),
            Decisions = effects.Sum(static row => row.Count),
            NotEnforced = connection.ExecuteScalar<long>(_notEnforced, times),
            Effects = [.. effects.Select(static row => new EffectCount { Effect = row.Name ?? "", Decisions = row.Count })],
            Agents = [.. connection.Query<Row>(_agents, times).Select(static row => new AgentCount { Id = row.Id ?? "", Name = row.Name ?? "", Decisions = row.Count, Denied = row.Denied })],
            Tools = [.. connection.Query<Row>(_tools, times).Select(static row => new ToolCount { Tool = row.Name ?? "", Decisions = row.Count, Denied = row.Denied })],
            DeniedRules = [.. connection.Query<Row>(_rules, times).Select(static row => new RuleCount { Policy = row.Id, Rule = row.Name, Denied = row.Count })],
            DeniedResources = [.. connection.Query<Row>(_resources, times).Select(static row => new ResourceCount { Action = row.Id ?? "", Resource = row.Name ?? "", Denied = row.Count })],
            DenialsPerHour = [.. connection.Query<Row>(_hours, times).Select(static row => new HourCount { Hour = DateTimeOffset.FromUnixTimeMilliseconds(row.Hour), Denied = row.Count })],
        };
    });

    private sealed record Row
    {
        public string? Id { get; init; }
        public string? Name { get; init; }
        public long Hour { get; init; }
        public long Count { get; init; }
        public long Denied { get; init; }
    }
}
