namespace Guard.Protocol;

/// <summary>Answer of <c>GET /v1/agents/{nameOrId}</c>.</summary>
public sealed record AgentDetails
{
    public required AgentInfo Agent { get; init; }

    /// <summary>All it ever had, oldest first.</summary>
    public required IReadOnlyList<AgentKey> Keys { get; init; }

    /// <summary>What its hook called itself last, and the id of its installation. Absent: it never asked.</summary>
    public string? HookLabel { get; init; }
    public string? Installation { get; init; }
}

/// <summary>A key without its secret.</summary>
public sealed record AgentKey
{
    /// <summary>The visible part, after <c>guard_agent_</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>What it may do, see <see cref="Protocol.Scopes.OfAgents"/>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it is refused. Absent: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>Body of <c>POST /v1/agents/{nameOrId}/keys</c>: a new key, and an end for those before it.</summary>
public sealed record RotateKeyRequest
{
    public static readonly TimeSpan StandardOverlap = TimeSpan.FromHours(24);
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    /// <summary>How long the keys before it go on, in seconds: 0 to 30 days. Absent: 24 hours.</summary>
    public long? OverlapSeconds { get; init; }

    /// <summary>What the new key may do. Absent: what the newest key in force may.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>From then on the new key is refused. Absent: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Answer to <see cref="RotateKeyRequest"/>: the only time the key is shown.</summary>
public sealed record RotateKeyResponse
{
    public required AgentInfo Agent { get; init; }
    public required string ApiKey { get; init; }

    /// <summary>When the last of the earlier keys ends, at the latest.</summary>
    public required DateTimeOffset OthersExpireAt { get; init; }
}
