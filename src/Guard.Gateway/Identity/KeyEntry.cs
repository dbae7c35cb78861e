using Guard.Policy.Evaluation;

namespace Guard.Gateway.Identity;

/// <summary>A key as the gateway knows it. Immutable: a revocation puts another entry in the index.</summary>
internal sealed record KeyEntry
{
    public required string Prefix { get; init; }
    public required byte[] Hash { get; init; }
    public required KeyKind Kind { get; init; }

    /// <summary>Whose key it is: exactly one of the two.</summary>
    public AgentIdentity? Agent { get; init; }
    public AdminIdentity? Admin { get; init; }

    /// <summary>What it may do, see <see cref="Protocol.Scopes"/>. Null: everything that keys of its kind may.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Of the scopes of its kind; that the kind is the right one is checked apart.</summary>
    public bool Allows(string scope) => Scopes?.Contains(scope, StringComparer.Ordinal) ?? true;

    public override string ToString() => $"{Kind} key {Prefix}";
}

/// <summary>An agent as its key proves it.</summary>
internal sealed record AgentIdentity
{
    public required AgentFacts Facts { get; init; }
    public required string Organisation { get; init; }
    public required string Owner { get; init; }
    public required bool AuditModeAllowed { get; init; }
}

/// <summary>A person or service that administers.</summary>
internal sealed record AdminIdentity(string PrincipalId, string Name, string OrganisationId, string Organisation);
