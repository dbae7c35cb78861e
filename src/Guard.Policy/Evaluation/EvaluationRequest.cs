namespace Guard.Policy.Evaluation;

/// <summary>Everything a decision depends on. Evaluation reads nothing else: no clock, no file, no environment.</summary>
public sealed record EvaluationRequest
{
    public required AgentFacts Agent { get; init; }

    /// <summary>Everything the tool call would cause. An empty list is denied.</summary>
    public required IReadOnlyList<RequestedAccess> Accesses { get; init; }

    public WorkspaceFact Workspace { get; init; } = WorkspaceFact.NotStated;

    /// <summary>Home folders: the first is the account's own; further ones only widen deny, approve and ask rules.</summary>
    public IReadOnlyList<FolderSpelling> Homes { get; init; } = [];

    public ContextFacts Context { get; init; } = new();

    /// <summary>What was called, for expressions. Null: not stated; expressions that need it give an error.</summary>
    public ToolFact? Tool { get; init; }

    /// <summary>The client's session id, for the floor's exception for the session's own result files.</summary>
    public string? SessionId { get; init; }

    /// <summary>The gateway's clock.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>The agent as the gateway knows it from its key. Nothing here can be forged by the client.</summary>
public sealed record AgentFacts
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public TrustTier TrustTier { get; init; } = TrustTier.Unverified;
    public string? Owner { get; init; }

    /// <summary>Groups of the agent's owner.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];
}

/// <summary>
/// Facts that the client states and could forge: they can only tighten. Null: not stated, changed within the session or
/// not pinned; then deny, approve and ask rules that need it apply and allow rules do not.
/// </summary>
public sealed record ContextFacts
{
    public string? PermissionMode { get; init; }
    public string? Project { get; init; }
    public string? Branch { get; init; }
    public string? Host { get; init; }
    public string? Client { get; init; }
    public string? SubagentType { get; init; }
    public string? SourceAddress { get; init; }
}

/// <summary>A folder as written and after symlinks; both absolute. <see cref="Real"/> null: could not be resolved.</summary>
public readonly record struct FolderSpelling(string Written, string? Real);

/// <summary>The workspace that <c>./</c> means, or why there is none.</summary>
public sealed record WorkspaceFact
{
    /// <summary>No workspace was stated.</summary>
    public static readonly WorkspaceFact NotStated = new() { Problem = WorkspaceProblem.NotStated };

    /// <summary>Null exactly when <see cref="Problem"/> says why.</summary>
    public FolderSpelling? Folder { get; init; }

    public WorkspaceProblem Problem { get; init; }
}

/// <summary>Why a request has no workspace.</summary>
public enum WorkspaceProblem
{
    None,
    NotStated,

    /// <summary>It differs from the one pinned at the session's first event.</summary>
    ChangedInSession,
}

/// <summary>One access to judge; mirrors the wire's record of the same meaning.</summary>
public sealed record RequestedAccess
{
    public required string Action { get; init; }
    public required string Resource { get; init; }
    public string? Real { get; init; }
    public string? Canonical { get; init; }
    public IReadOnlyList<string>? Words { get; init; }
    public RequestedCommand? Command { get; init; }
    public int? By { get; init; }
    public bool Primary { get; init; }
    public bool Subtree { get; init; }

    /// <summary>The subtree was looked through by <see cref="PolicyBundle.WalkNames"/> of this very bundle.</summary>
    public bool Walked { get; init; }
    public bool Unknown { get; init; }
    public bool Inert { get; init; }
    public string? Why { get; init; }
    public string? Note { get; init; }
}

/// <summary>A simple command as its program understands its words; mirrors the wire's record of the same meaning.</summary>
public sealed record RequestedCommand
{
    public required string Program { get; init; }
    public bool OnPath { get; init; }
    public IReadOnlyList<string> Subcommand { get; init; } = [];
    public IReadOnlyList<string> Flags { get; init; } = [];
    public IReadOnlyList<string> Arguments { get; init; } = [];
    public bool Reads { get; init; }
    public bool Open { get; init; }
    public string? Alone { get; init; }
}
