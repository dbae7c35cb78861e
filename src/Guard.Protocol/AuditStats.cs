namespace Guard.Protocol;

/// <summary>Answer of <c>GET /v1/events/stats</c>: the decisions of a time in numbers. Denied is what policy denied, also where it was only recorded.</summary>
public sealed record AuditStats
{
    /// <summary>What one request may count.</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(366);

    /// <summary>Inclusive.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Exclusive.</summary>
    public required DateTimeOffset To { get; init; }
    public required long Decisions { get; init; }

    /// <summary>Decisions that were not allow but were answered so, because the hook's mode is audit.</summary>
    public required long NotEnforced { get; init; }

    /// <summary>Calls that hooks denied by themselves, because no gateway decided; not among the decisions.</summary>
    public required long HookDenied { get; init; }

    /// <summary>Gaps found in the numbers of hooks' requests.</summary>
    public required long SequenceGaps { get; init; }

    /// <summary>Most frequent first, as in all lists here but the last.</summary>
    public required IReadOnlyList<EffectCount> Effects { get; init; }

    /// <summary>The 20 busiest.</summary>
    public required IReadOnlyList<AgentCount> Agents { get; init; }

    /// <summary>The 20 most used.</summary>
    public required IReadOnlyList<ToolCount> Tools { get; init; }

    /// <summary>The 10 rules that denied most.</summary>
    public required IReadOnlyList<RuleCount> DeniedRules { get; init; }

    /// <summary>The 10 things denied most; resources are cut after 500 characters and counted so.</summary>
    public required IReadOnlyList<ResourceCount> DeniedResources { get; init; }

    /// <summary>By time; hours without a denial are left out.</summary>
    public required IReadOnlyList<HourCount> DenialsPerHour { get; init; }
}

/// <summary>Decisions of one effect.</summary>
public sealed record EffectCount
{
    public required string Effect { get; init; }
    public required long Decisions { get; init; }
}

/// <summary>Decisions for one agent.</summary>
public sealed record AgentCount
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required long Decisions { get; init; }
    public required long Denied { get; init; }
}

/// <summary>Decisions about one tool.</summary>
public sealed record ToolCount
{
    public required string Tool { get; init; }
    public required long Decisions { get; init; }
    public required long Denied { get; init; }
}

/// <summary>Denials by one rule.</summary>
public sealed record RuleCount
{
    /// <summary>Absent: no rule allowed it.</summary>
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public required long Denied { get; init; }
}

/// <summary>Denials of one thing.</summary>
public sealed record ResourceCount
{
    public required string Action { get; init; }
    public required string Resource { get; init; }
    public required long Denied { get; init; }
}

/// <summary>Denials of one hour.</summary>
public sealed record HourCount
{
    /// <summary>Its beginning, UTC.</summary>
    public required DateTimeOffset Hour { get; init; }
    public required long Denied { get; init; }
}
