namespace Guard.Protocol;

/// <summary>A policy document as somebody wrote it.</summary>
public sealed record PolicyFile
{
    /// <summary>The file's name, for messages and as the policy's name where the document states none.</summary>
    public required string Path { get; init; }
    public required string Text { get; init; }
}

/// <summary>Body of <c>PUT /v1/policies</c>: all or nothing. Documents replace those of the same policy name.</summary>
public sealed record ApplyPoliciesRequest
{
    public required IReadOnlyList<PolicyFile> Files { get; init; }

    /// <summary>Why, for the history.</summary>
    public string? Message { get; init; }
}

/// <summary>Answer to apply and validate.</summary>
public sealed record ApplyPoliciesResponse
{
    /// <summary>Hash of the bundle in force after the call.</summary>
    public required string Bundle { get; init; }
    public required IReadOnlyList<PolicySummary> Policies { get; init; }

    /// <summary>Errors refuse the whole request (422); warnings do not.</summary>
    public required IReadOnlyList<PolicyDiagnostic> Diagnostics { get; init; }
}

/// <summary>One policy in force.</summary>
public sealed record PolicySummary
{
    public required string Name { get; init; }

    /// <summary>Counts the applied versions of this policy from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>The document's own <c>version</c>.</summary>
    public string? Version { get; init; }
    public string? Description { get; init; }
    public required int Rules { get; init; }
    public required string Digest { get; init; }
    public required DateTimeOffset AppliedAt { get; init; }
    public required string AppliedBy { get; init; }
}

/// <summary>A problem in a policy document.</summary>
public sealed record PolicyDiagnostic
{
    /// <summary>Stable code <c>GRD###</c>.</summary>
    public required string Code { get; init; }

    /// <summary><c>error</c> or <c>warning</c>.</summary>
    public required string Severity { get; init; }
    public required string File { get; init; }

    /// <summary>From 1.</summary>
    public required int Line { get; init; }

    /// <summary>From 1.</summary>
    public required int Column { get; init; }
    public required string Message { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Remedy { get; init; }
}

/// <summary>Body of <c>POST /v1/policies/test</c>: what would be decided, without recording anything.</summary>
public sealed record TestPolicyRequest
{
    /// <summary>Name or id of an agent.</summary>
    public required string Agent { get; init; }
    public required ToolCall Call { get; init; }
    public required IReadOnlyList<Access> Accesses { get; init; }

    /// <summary>As in <see cref="DecisionRequest.Walk"/>. Without it a call with subtrees is answered by <see cref="Effects.Walk"/>.</summary>
    public string? Walk { get; init; }
}

/// <summary>Answer to <see cref="TestPolicyRequest"/>.</summary>
public sealed record TestPolicyResponse
{
    public required DecisionResponse Decision { get; init; }
    public required IReadOnlyList<MatchedRule> Matched { get; init; }

    /// <summary>For each rule of each policy and each access, why it did or did not match.</summary>
    public required IReadOnlyList<RuleTrace> Trace { get; init; }
}

/// <summary>One rule tried against one access.</summary>
public sealed record RuleTrace
{
    public required string Policy { get; init; }
    public required string Rule { get; init; }
    public required string Effect { get; init; }
    public required int Access { get; init; }
    public required bool Matched { get; init; }

    /// <summary>e.g. "action `write:file` is not in [read:file]", "`./.env` matches `**/.env*`".</summary>
    public required string Because { get; init; }
}

/// <summary>An identity that calls the gateway.</summary>
public sealed record AgentInfo
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Organisation { get; init; }
    public required string Owner { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary><c>unverified</c>, <c>verified</c>, <c>trusted</c> or <c>privileged</c>.</summary>
    public required string TrustTier { get; init; }

    /// <summary>Whether a hook of this agent may ask to be recorded only.</summary>
    public required bool AuditModeAllowed { get; init; }

    /// <summary>Visible beginning of each key that is in force.</summary>
    public required IReadOnlyList<string> KeyPrefixes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }

    /// <summary>The client it spoke through last, and the version of the hook or program that asked. Absent: it never asked.</summary>
    public string? Client { get; init; }

    /// <summary>Absent: the client did not say.</summary>
    public string? ClientVersion { get; init; }
    public string? HookVersion { get; init; }
}

/// <summary>Body of <c>POST /v1/agents</c>.</summary>
public sealed record CreateAgentRequest
{
    public required string Name { get; init; }

    /// <summary>Absent: the owner of the key that calls.</summary>
    public string? Owner { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Absent: <c>verified</c>.</summary>
    public string? TrustTier { get; init; }
    public bool AuditModeAllowed { get; init; }

    /// <summary>What its key may do, of <see cref="Scopes.OfAgents"/>. Absent: all of it.</summary>
    public IReadOnlyList<string>? KeyScopes { get; init; }

    /// <summary>From then on its key is refused. Absent: it does not expire.</summary>
    public DateTimeOffset? KeyExpiresAt { get; init; }
}

/// <summary>Body of <c>PATCH /v1/agents/{nameOrId}</c>. Absent members stay as they are; at least one must be stated.</summary>
public sealed record UpdateAgentRequest
{
    public string? Owner { get; init; }

    /// <summary>All tags it will have.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
    public string? TrustTier { get; init; }
    public bool? AuditModeAllowed { get; init; }
}

/// <summary>Answer to <see cref="CreateAgentRequest"/>: the only time the key is shown.</summary>
public sealed record CreateAgentResponse
{
    public required AgentInfo Agent { get; init; }
    public required string ApiKey { get; init; }
}

/// <summary>Answer of <c>GET /v1/agents</c>.</summary>
public sealed record AgentList
{
    public required IReadOnlyList<AgentInfo> Agents { get; init; }
}

/// <summary>Answer of <c>GET /v1/policies</c>.</summary>
public sealed record PolicyList
{
    public required string Bundle { get; init; }
    public required IReadOnlyList<PolicySummary> Policies { get; init; }
}

/// <summary>RFC 9457 problem details, with Guard's additions.</summary>
public sealed record Problem
{
    public string? Type { get; init; }
    public string? Title { get; init; }
    public int? Status { get; init; }

    /// <summary>What happened, why and what to do next, in one or two sentences.</summary>
    public string? Detail { get; init; }

    /// <summary>Stable code such as <c>key-revoked</c>.</summary>
    public string? Code { get; init; }
    public string? TraceId { get; init; }
    public IReadOnlyList<PolicyDiagnostic>? Diagnostics { get; init; }
}

/// <summary>Answer of <c>GET /health</c>.</summary>
public sealed record HealthReport
{
    /// <summary><c>ok</c>, <c>degraded</c> or <c>failing</c>.</summary>
    public required string Status { get; init; }
    public required string Version { get; init; }
    public string? Bundle { get; init; }
    public required IReadOnlyList<HealthCheck> Checks { get; init; }
}

/// <summary>One thing a gateway depends on.</summary>
public sealed record HealthCheck
{
    public required string Name { get; init; }
    public required string Status { get; init; }
    public string? Detail { get; init; }
}
