namespace Guard.Gateway.Storage;

/// <summary>The few expressions that the stores write differently. Constants of the program, never input.</summary>
internal sealed record SqlDialect
{
    /// <summary>The audit table, read by the index over time.</summary>
    public required string EventsByTime { get; init; }

    /// <summary>The audit table, read in the order of positions.</summary>
    public required string EventsByPosition { get; init; }

    /// <summary>The rows of @cells, a JSON array of numbers for statistics.</summary>
    public required string CountsOfJson { get; init; }

    /// <summary>A position that no event from @From on stands before; {0} are all conditions on times.</summary>
    public required string FirstPosition { get; init; }

    /// <summary>A position that no event before @To stands behind; {0} are all conditions on times.</summary>
    public required string LastPosition { get; init; }

    /// <summary>
    /// The positions of the events of @Session, as far as @First, @Last, @Before and @After leave them (null: no bound); null: a condition on
    /// the session has an index in the order of positions.
    /// </summary>
    public required string? PositionsOfSession { get; init; }

    /// <summary>The condition that leaves the agent's (@agentId) decisions about a call (@sessionId and @toolUseId), at least the latest one.</summary>
    public required string DecisionsOfCall { get; init; }

    /// <summary>Whether the store knows how frequent each value is, and so finds the best index of several by itself.</summary>
    public required bool ChoosesIndexes { get; init; }

    /// <summary>What a decision was answered with.</summary>
    public required string Answer { get; init; }

    /// <summary>The beginning of the primary access's resource; agents choose how long a resource is.</summary>
    public required string Resource { get; init; }

    /// <summary>The agent's id as text.</summary>
    public required string AgentId { get; init; }

    /// <summary>The first statement of a change of policies: until it is done, nobody else changes any.</summary>
    public required string LockPolicies { get; init; }

    /// <summary>Answer and resource where they are columns of the audit table, for statistics; else nulls.</summary>
    public required string CallColumns { get; init; }

    /// <summary>Deletes one body whose erasure is recorded; @id is its event.</summary>
    public required string EraseBody { get; init; }

    /// <summary>Drops the months that have expired by what is recorded; null: their bodies are deleted one by one.</summary>
    public required string? DropsMonths { get; init; }

    /// <summary>The retention classes that events in the store have; perhaps others beside them.</summary>
    public required string RetentionClasses { get; init; }

    /// <summary>The time of the database server, in milliseconds since 1970-01-01 UTC; null: it is this machine's.</summary>
    public required string ServerTime { get; init; }

    /// <summary>Whether ids of the audit table have a type of their own.</summary>
    public required bool HasUuids { get; init; }

    /// <summary>A parameter that holds a UUID as text, comparable with an id of the audit table.</summary>
    public string Uuid(string parameter) => HasUuids ? $"CAST({parameter} AS uuid)" : parameter;
}
