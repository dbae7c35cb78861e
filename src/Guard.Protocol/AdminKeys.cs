namespace Guard.Protocol;

/// <summary>An admin key without its secret.</summary>
public sealed record AdminKey
{
    /// <summary>The visible part, after <c>guard_admin_</c>.</summary>
    public required string Prefix { get; init; }

    /// <summary>The person or service that administers with it; the record names it as actor.</summary>
    public required string Owner { get; init; }

    /// <summary>What it may do, see <see cref="Protocol.Scopes.OfAdmins"/>.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on it is refused. Absent: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
}

/// <summary>Answer of <c>GET /v1/keys</c>.</summary>
public sealed record AdminKeyList
{
    /// <summary>All there ever were, oldest first.</summary>
    public required IReadOnlyList<AdminKey> Keys { get; init; }
}

/// <summary>Body of <c>POST /v1/keys</c>.</summary>
public sealed record CreateKeyRequest
{
    /// <summary>What the key may do, of <see cref="Protocol.Scopes.OfAdmins"/>; nothing that the calling key may not.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Absent: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Absent: the owner of the key that calls.</summary>
    public string? Owner { get; init; }
}

/// <summary>Answer to <see cref="CreateKeyRequest"/>: the only time the key is shown.</summary>
public sealed record CreateKeyResponse
{
    public required AdminKey Key { get; init; }
    public required string ApiKey { get; init; }
}
