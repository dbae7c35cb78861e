namespace Guard.Protocol;

/// <summary>Body of <c>POST /v1/events/spooled</c>: what a hook kept while no gateway took it.</summary>
public sealed record SpoolRequest
{
    /// <summary>More lines are refused whole.</summary>
    public const int MaxLines = 8_192;

    /// <summary>A longer line is refused, in UTF-8 bytes.</summary>
    public const int MaxLineBytes = 64 * 1024;

    public required int Version { get; init; }

    /// <summary>
    /// The lines of the spool as they stand in the file, each a <see cref="SpooledEvent"/>. They travel as text, because a
    /// line that was cut by a power failure must not cost the others.
    /// </summary>
    public required IReadOnlyList<string> Lines { get; init; }
}

/// <summary>One line of a hook's spool: an outcome, or a denial that the hook made by itself.</summary>
public sealed record SpooledEvent
{
    /// <summary>
    /// UUIDv7 made by the hook when it happened. The gateway records an id once for each agent, however often it is handed
    /// over.
    /// </summary>
    public required string Id { get; init; }

    public OutcomeRequest? Outcome { get; init; }
    public HookDenial? Denial { get; init; }
}

/// <summary>A call that a hook denied by itself, because no gateway decided about it.</summary>
public sealed record HookDenial
{
    public required int Version { get; init; }
    public required string TraceId { get; init; }
    public required HookInfo Hook { get; init; }

    /// <summary>What the client was told.</summary>
    public required string Reason { get; init; }

    /// <summary>What would have been asked; absent where the call could not be stated. A large one holds its primary access alone.</summary>
    public DecisionRequest? Request { get; init; }
}

/// <summary>Answer to <see cref="SpoolRequest"/>: each line is settled and need not be kept.</summary>
public sealed record SpoolResponse
{
    public required int Version { get; init; }

    /// <summary>How many lines were read.</summary>
    public required int Lines { get; init; }

    /// <summary>Those that are in the record, by this request or by an earlier one.</summary>
    public required int Recorded { get; init; }

    /// <summary>Those that are no events, or too old: they are counted in an event of kind <c>refused</c>.</summary>
    public required int Refused { get; init; }
}
