namespace Guard.Protocol;

/// <summary>Answer of <c>GET /v1/log</c>: how the log of the record stands.</summary>
public sealed record LogInfo
{
    /// <summary>Its name; absent: nothing was signed yet.</summary>
    public string? Origin { get; init; }

    /// <summary>Events under the newest signed head.</summary>
    public required long Size { get; init; }

    /// <summary>The newest signed head: a C2SP checkpoint.</summary>
    public string? Checkpoint { get; init; }
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>When all recorded events were last known to be under a signed head.</summary>
    public DateTimeOffset? CompleteAt { get; init; }

    /// <summary>All keys that ever signed, in order. The last one signs now.</summary>
    public required IReadOnlyList<LogKeyInfo> Keys { get; init; }

    /// <summary>Why nothing is signed: the store contradicts what was signed before.</summary>
    public string? Refusal { get; init; }

    /// <summary>Why the gateway that answers does not sign, although nothing is wrong with the store.</summary>
    public string? Hindrance { get; init; }

    /// <summary>The places of publication of the gateway that answers.</summary>
    public required IReadOnlyList<LogPublication> Publications { get; init; }
}

/// <summary>A key of the log.</summary>
public sealed record LogKeyInfo
{
    /// <summary>The public key, as C2SP's signed notes write it: <c>name+id+base64</c>.</summary>
    public required string Verifier { get; init; }

    /// <summary>A signed note in which the key before vouches for this one; absent: it begins a log.</summary>
    public string? Endorsement { get; init; }
}

/// <summary>How far publication at one place has come.</summary>
public sealed record LogPublication
{
    public required string Place { get; init; }

    /// <summary>Events under the newest head there; absent: none was put there since the gateway's start.</summary>
    public long? Size { get; init; }
    public DateTimeOffset? At { get; init; }

    /// <summary>Why the last try failed; absent: it did not.</summary>
    public string? Failure { get; init; }
}

/// <summary>Body of <c>POST /v1/log/erasures</c>.</summary>
public sealed record EraseRequest
{
    public required string EventId { get; init; }

    /// <summary>For the record; not what is erased.</summary>
    public required string Reason { get; init; }
}

/// <summary>Answer to <see cref="EraseRequest"/>: the body is gone, its place in the log stays.</summary>
public sealed record Erasure
{
    public required string EventId { get; init; }

    /// <summary>The event that records it.</summary>
    public required string ErasedBy { get; init; }
}

/// <summary>Body of <c>POST /v1/log/expiries</c>.</summary>
public sealed record ExpireRequest
{
    /// <summary>How <see cref="Class"/> names events that no policy stated a retention for.</summary>
    public const string WithoutRetention = "none";

    /// <summary>The first month that is kept, as in <c>2026-03</c>; in UTC, by the time in the events' ids.</summary>
    public required string Before { get; init; }

    /// <summary>Only events that are kept for this number of days, as in <c>90</c>, or <c>none</c>: those that no policy stated a retention for. Absent: all.</summary>
    public string? Class { get; init; }

    /// <summary>For the record.</summary>
    public required string Reason { get; init; }
}

/// <summary>Answer to <see cref="ExpireRequest"/>: the bodies of earlier months are gone, their places in the log stay.</summary>
public sealed record Expiry
{
    public required string Before { get; init; }

    /// <summary>Those that had not expired before.</summary>
    public required IReadOnlyList<ExpiredClass> Classes { get; init; }
}

/// <summary>Events that were kept equally long, and have expired together.</summary>
public sealed record ExpiredClass
{
    /// <summary>The number of days, or <c>none</c>.</summary>
    public required string Class { get; init; }

    /// <summary>The event that records it.</summary>
    public required string ExpiredBy { get; init; }
}

/// <summary>Body of <c>POST /v1/log/keys</c> and <c>POST /v1/log/restarts</c>.</summary>
public sealed record LogKeyRequest
{
    /// <summary>For the record.</summary>
    public required string Reason { get; init; }
}
