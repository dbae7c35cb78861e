namespace Guard.Gateway.Audit.RollUps;

/// <summary>Events of one hour that statistics count alike, as a query groups them.</summary>
internal sealed record EventGroup
{
    /// <summary>Its beginning, in milliseconds since 1970-01-01 UTC.</summary>
    public long Hour { get; init; }
    public string Kind { get; init; } = "";

    /// <summary>Null in what follows: the events are no decisions, or, from <see cref="Policy"/> on, no denials.</summary>
    public string? Effect { get; init; }
    public string? AgentId { get; init; }
    public string? AgentName { get; init; }
    public string? Tool { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public string? Action { get; init; }
    public string? Resource { get; init; }

    /// <summary>Their <see cref="RetentionClass"/>.</summary>
    public int RetentionDays { get; init; }

    /// <summary>How many of them were answered with allow although they are not.</summary>
    public long NotEnforced { get; init; }
    public long Count { get; init; }

    /// <summary>The times of the first and the last of them.</summary>
    public long First { get; init; }

    /// <inheritdoc cref="First"/>
    public long Last { get; init; }
}
