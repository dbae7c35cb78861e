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

    /// <summary>One row more than asked for tells whether there is a next page.</summary>
    public int Probe => Limit + 1;

    /// <summary>The SQL conditions of the filters that are set; values are parameters of the same names.</summary>
    public IEnumerable<string> Conditions(SqlDialect sql)
    {
        if (Agent is not null)
        {
            // A name can look like an id, but an id is never anything else: so the common case needs one index alone.
            yield return Guid.TryParseExact(Agent, "D", out _) ? $"(agent_id = {sql.Uuid("@Agent")} OR agent_name = @Agent)" : "agent_name = @Agent";
        }

        if (Action is not null)
        {
            yield return "action = @Action";
        }

        if (Decision is not null)
        {
            yield return "kind = 'decision' AND effect = @Decision";
        }

        if (Tool is not null)
        {
            yield return "tool = @Tool";
        }

        if (Session is not null)
        {
            yield return "session_id = @Session";
        }

        if (Policy is not null)
        {
            yield return "policy = @Policy";
        }

        if (Rule is not null)
        {
            yield return "rule = @Rule";
        }

        if (Trace is not null)
        {
            // What is no UUID is no trace.
            yield return Guid.TryParseExact(Trace, "D", out _) ? $"trace_id = {sql.Uuid("@Trace")}" : "1 = 0";
        }

        if (Kind is not null)
        {
            yield return "kind = @Kind";
        }

        if (From is not null || To is not null)
        {
            // Lists go by position, and the clock may have been set back in between: the index over time gives the outermost
            // positions, and each event between them is held against the times.
            var times = (From, To) switch
            {
                (not null, not null) => "{0}time >= @From AND {0}time < @To",
                (not null, null) => "{0}time >= @From",
                _ => "{0}time < @To",
            };
            var inIndex = string.Format(CultureInfo.InvariantCulture, times, "");
            if (From is not null)
            {
                yield return $"position >= ({string.Format(CultureInfo.InvariantCulture, sql.FirstPosition, inIndex)})";
            }

            if (To is not null)
            {
                yield return $"position <= ({string.Format(CultureInfo.InvariantCulture, sql.LastPosition, inIndex)})";
            }

            yield return string.Format(CultureInfo.InvariantCulture, times, "+");
        }

        if (Before is not null)
        {
            yield return "position < @Before";
        }

        if (After is not null)
        {
            yield return "position > @After";
        }
    }
}
