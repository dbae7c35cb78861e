namespace Guard.Protocol;

/// <summary>Answer of <c>GET /v1/policies/{name}/versions</c>: every version of a policy that was ever applied.</summary>
public sealed record PolicyHistory
{
    public required string Name { get; init; }

    /// <summary>When the policy was taken out of force. Absent: it is in force.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Newest first; at most 1,000.</summary>
    public required IReadOnlyList<PolicyVersion> Versions { get; init; }
}

/// <summary>One applied version of a policy.</summary>
public sealed record PolicyVersion
{
    /// <summary>Counts the applied versions of this policy from 1.</summary>
    public required int Revision { get; init; }

    /// <summary>The document's own <c>version</c>.</summary>
    public string? Version { get; init; }
    public string? Description { get; init; }
    public required int Rules { get; init; }
    public required string Digest { get; init; }
    public required DateTimeOffset AppliedAt { get; init; }
    public required string AppliedBy { get; init; }

    /// <summary>Why, in the words of whoever applied it.</summary>
    public string? Message { get; init; }
}
