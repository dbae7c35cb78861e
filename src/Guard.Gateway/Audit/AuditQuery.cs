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

    /// <summary>Only positions below this.</summary>
    public long? Before { get; init; }

    /// <summary>Only positions above this.</summary>
    public long? After { get; init; }
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>One row more than asked for tells whether there is a next page.</summary>
    public int Probe => Limit + 1;

    /// <summary>The SQL conditions of the filters that are set; values are parameters of the same names.</summary>
    public IEnumerable<string> Conditions()
    {
        if (Agent is not null)
        {
            yield return "(agent_id = @Agent OR agent_name = @Agent)";
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
            yield return "trace_id = @Trace";
        }

        if (Kind is not null)
        {
            yield return "kind = @Kind";
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
