namespace Guard.Gateway.Proof;

/// <summary>How the log stands, as this gateway knows it.</summary>
internal sealed record LogState
{
    /// <summary>Null: no head was signed yet.</summary>
    public string? Origin { get; init; }

    /// <summary>Events under the newest signed head.</summary>
    public long Size { get; init; }

    /// <summary>When the newest head was signed; null: none was.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>When all recorded events were last known to be under a signed head; at first, when this gateway started.</summary>
    public required DateTimeOffset CompleteAt { get; init; }

    /// <summary>Why the log is not signed: the store contradicts what was signed before. Null: it does not.</summary>
    public string? Refusal { get; init; }

    /// <summary>Why this gateway does not sign although nothing is wrong with the store. Null: it signs.</summary>
    public string? Hindrance { get; init; }
}
