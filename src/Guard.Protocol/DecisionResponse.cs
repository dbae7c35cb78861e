namespace Guard.Protocol;

/// <summary>Answer to <see cref="DecisionRequest"/>. Its audit event is durable before this leaves the gateway.</summary>
public sealed record DecisionResponse
{
    public required int Version { get; init; }

    /// <summary>The request's trace id. A hook denies when it differs.</summary>
    public required string TraceId { get; init; }

    /// <summary>Id of the audit event.</summary>
    public required string EventId { get; init; }

    /// <summary>
    /// What the hook must do: <see cref="Effects.Allow"/>, <see cref="Effects.Ask"/> or <see cref="Effects.Deny"/>.
    /// <see cref="Effects.Walk"/> decides nothing: the hook looks through the call's subtrees by <see cref="Walk"/> and asks once more
    /// under the same trace. A hook treats every other value as deny.
    /// </summary>
    public required string Answer { get; init; }

    /// <summary>What policy decided; in <see cref="Modes.Audit"/> it may be stronger than <see cref="Answer"/>.</summary>
    public required string Effect { get; init; }

    /// <summary>An allow that also answers the client's own permission prompt.</summary>
    public required bool Granted { get; init; }

    /// <summary>The mode in force, see <see cref="Modes"/>.</summary>
    public required string Mode { get; init; }

    /// <summary>The complete sentence for people and model, with policy, rule, reason and trace id. Control characters are gone.</summary>
    public required string Message { get; init; }

    /// <summary>The reason alone, as the deciding rule or Guard itself gives it.</summary>
    public string? Reason { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }

    /// <summary>Hash of the bundle that decided.</summary>
    public string? Bundle { get; init; }

    /// <summary>With <see cref="Effects.Walk"/>: what to look for before asking again.</summary>
    public WalkNames? Walk { get; init; }
}
