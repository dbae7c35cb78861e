using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>Who must agree before a call that wants an approval goes on. Read and checked; this version has no approvals yet.</summary>
public sealed record WorkflowDefinition
{
    /// <summary>Of the workflow that always exists: any approver, 300 seconds.</summary>
    public const string BuiltIn = "manual-approval";

    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>After it the call is denied. Null: the organisation's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Distinct people.</summary>
    public int RequiredApprovals { get; init; } = 1;

    /// <summary>Any of them. Empty: every approver of the organisation.</summary>
    public ImmutableArray<ApproverDefinition> Approvers { get; init; } = [];

    /// <summary>Null: nobody else is asked later.</summary>
    public EscalationDefinition? Escalation { get; init; }
    public bool RequireJustification { get; init; }

    /// <summary>Channels.</summary>
    public ImmutableArray<string> Notify { get; init; } = [];

    /// <summary>How long the identical call is not asked again. Null: every call is asked.</summary>
    public TimeSpan? Reuse { get; init; }

    /// <summary>Whether the agent's owner may approve. Null: the organisation's choice.</summary>
    public bool? SelfApproval { get; init; }
}

/// <summary>Somebody who may approve: exactly one of the three.</summary>
public sealed record ApproverDefinition(string? User, string? Role, string? Team);

/// <summary>Who is asked when nobody answered.</summary>
public sealed record EscalationDefinition(TimeSpan After, ImmutableArray<ApproverDefinition> Approvers);
