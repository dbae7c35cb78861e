using System.Globalization;
using Guard.Gateway.Storage;

namespace Guard.Gateway.Audit;

/// <summary>Which events to list. Every filter that is set must hold.</summary>
internal sealed record AuditQuery
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1_000;

    /// <summary>Name or id of an agent.</summary>
    public string? Agent { get; init; }
    public string? Action { get; init; }

    /// <summary>Effect of a decision.</summary>
    public string? Decision { get; init; }
    public string? Tool { get; init; }
    public string? Session { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public string? Trace { get; init; }
    public string? Kind { get; init; }

    /// <summary>Only events of this time and later, in milliseconds since 1970-01-01 UTC.</summary>
    public long? From { get; init; }

    /// <summary>Only events before this time, in milliseconds since 1970-01-01 UTC.</summary>
    public long? To { get; init; }

    /// <summary>Only positions below this.</summary>
    public long? Before { get; init; }

    /// <summary>Only positions above this.</summary>
    public long? After { get; init; }
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>A position that no event from <see cref="From"/> on stands before; the store's answer, null where it has none.</summary>
    public long? First { get; init; }

    /// <summary>A position that no event before <see cref="To"/> stands behind, likewise.</summary>
    public long? Last { get; init; }

    /// <summary>One row more than asked for tells whether there is a next page.</summary>
    public int Probe => Limit + 1;

    /// <summary>The conditions of the filters that are set; values are parameters of the same names.</summary>
    public IEnumerable<AuditCondition> Conditions(SqlDialect sql)
    {
        if (Agent is not null)
        {
            // A name can look like an id, but an id is never anything else: so the common case needs one index alone.
            yield return Guid.TryParseExact(Agent, "D", out _)
                ? new AuditCondition($"(agent_id = {sql.Uuid("@Agent")} OR agent_name = @Agent)")
                : new AuditCondition("agent_name = @Agent") { Index = "audit_event_agent_name" };
        }

        if (Action is not null)
        {
            yield return new AuditCondition("action = @Action") { Index = "audit_event_action" };
        }

        if (Decision is not null)
        {
            yield return new AuditCondition("kind = 'decision' AND effect = @Decision") { Index = "audit_event_effect" };
        }

        if (Tool is not null)
        {
            yield return new AuditCondition("tool = @Tool") { Index = "audit_event_tool" };
        }

        if (Session is not null)
        {
            yield return sql.PositionsOfSession is { } positions
                ? new AuditCondition($"position IN ({positions})") { NamesPositions = true }
                : new AuditCondition("session_id = @Session");
        }

        if (Policy is not null)
        {
            yield return new AuditCondition("policy = @Policy") { Index = "audit_event_policy" };
        }

        if (Rule is not null)
        {
            yield return new AuditCondition("rule = @Rule") { Index = "audit_event_rule" };
        }

        if (Trace is not null)
        {
            // What is no UUID is no trace.
            yield return Guid.TryParseExact(Trace, "D", out _)
                ? new AuditCondition($"trace_id = {sql.Uuid("@Trace")}") { Index = "audit_event_trace" }
                : new AuditCondition("1 = 0");
        }

        if (Kind is not null)
        {
            yield return new AuditCondition("kind = @Kind") { Index = "audit_event_kind" };
        }

        if (From is not null || To is not null)
        {
            if (From is not null)
            {
                yield return new AuditCondition("position >= @First") { IsPosition = true };
            }

            if (To is not null)
            {
                yield return new AuditCondition("position <= @Last") { IsPosition = true };
            }

            // Not by the index over time. And between the outermost positions nearly every event is of the time, which PostgreSQL does not know: a plain
            // comparison it takes for one that a two-hundredth passes, and sorts all that match the other filters instead of reading a page of them in order.
            if (From is not null)
            {
                yield return new AuditCondition("(+time < @From) IS NOT TRUE");
            }

            if (To is not null)
            {
                yield return new AuditCondition("(+time >= @To) IS NOT TRUE");
            }
        }

        if (Before is not null)
        {
            yield return new AuditCondition("position < @Before") { IsPosition = true };
        }

        if (After is not null)
        {
            yield return new AuditCondition("position > @After") { IsPosition = true };
        }
    }

    /// <summary>
    /// Asks for <see cref="First"/> and <see cref="Last"/> where times are filters. Lists go by position, and the clock may
    /// have been set back in between: the index over time gives the outermost positions, and each event between them is
    /// held against the times.
    /// </summary>
    /// <returns>Null: no time is a filter.</returns>
    public string? Outermost(SqlDialect sql)
    {
        if (From is null && To is null)
        {
            return null;
        }

        var times = (From, To) switch
        {
            (not null, not null) => "time >= @From AND time < @To",
            (not null, null) => "time >= @From",
            _ => "time < @To",
        };
        var first = From is null ? "NULL" : $"({string.Format(CultureInfo.InvariantCulture, sql.FirstPosition, times)})";
        var last = To is null ? "NULL" : $"({string.Format(CultureInfo.InvariantCulture, sql.LastPosition, times)})";
        return $"SELECT CAST({first} AS bigint) AS First, CAST({last} AS bigint) AS Last";
    }
}
