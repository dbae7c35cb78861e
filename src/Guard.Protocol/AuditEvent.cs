using System.Text.Json;

namespace Guard.Protocol;

/// <summary>The durable record of a decision, of a tool's outcome, or of an administrative change.</summary>
public sealed record AuditEvent
{
    /// <summary>UUIDv7; its time is the gateway's clock when the event was made.</summary>
    public required string Id { get; init; }

    /// <summary>Position in the store's order; pages and tails continue after it.</summary>
    public long Position { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>See <see cref="AuditKinds"/>.</summary>
    public required string Kind { get; init; }

    public required string Organisation { get; init; }

    /// <summary>The person or service that answers for the agent.</summary>
    public string? Owner { get; init; }

    public string? AgentId { get; init; }
    public string? AgentName { get; init; }

    /// <summary>The name the hook gave itself: a label.</summary>
    public string? AgentLabel { get; init; }

    public string? Installation { get; init; }
    public long? Sequence { get; init; }
    public string? HookVersion { get; init; }

    /// <summary>Version of the agent client, as the hook was told.</summary>
    public string? ClientVersion { get; init; }
    public int? Analyser { get; init; }

    public string? SessionId { get; init; }
    public string? TraceId { get; init; }
    public string? ToolUseId { get; init; }
    public string? PromptId { get; init; }
    public string? Client { get; init; }
    public string? ClientEvent { get; init; }
    public string? Tool { get; init; }
    public JsonElement? Input { get; init; }
    public string? Cwd { get; init; }
    public Place? Workspace { get; init; }
    public string? PermissionMode { get; init; }
    public string? SubagentId { get; init; }
    public string? SubagentType { get; init; }

    /// <summary>As the client stated it; see <see cref="ToolCall.Project"/>.</summary>
    public string? Project { get; init; }
    public string? Branch { get; init; }

    /// <summary><see cref="Protocol.WorkspacePolicy.Digest"/> of the workspace's own policy that counted. Absent: none.</summary>
    public string? WorkspacePolicy { get; init; }

    /// <summary>Action and resource of the primary access, for lists.</summary>
    public string? Action { get; init; }
    public string? Resource { get; init; }
    public IReadOnlyList<Access>? Accesses { get; init; }

    public string? Effect { get; init; }
    public string? Answer { get; init; }
    public string? Mode { get; init; }
    public bool? Granted { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public string? Reason { get; init; }
    public string? Bundle { get; init; }

    /// <summary>All rules that matched, not only the one that decided.</summary>
    public IReadOnlyList<MatchedRule>? Matched { get; init; }

    /// <summary>Errors met while evaluating rules; an error is never a miss.</summary>
    public IReadOnlyList<string>? Errors { get; init; }

    public AuditOutcome? Outcome { get; init; }
    public AuditChange? Change { get; init; }

    /// <summary>
    /// True: the store did not take events when this was made, so it went to the gateway's spool first; policies and keys are
    /// those that the gateway knew last. Absent: false.
    /// </summary>
    public bool? Degraded { get; init; }

    /// <summary>Absent: the hook reported it at once.</summary>
    public AuditSpooled? Spooled { get; init; }

    /// <summary>JSON Pointers to what was erased before the event was stored: secrets, and what policies order. Absent: nothing.</summary>
    public IReadOnlyList<string>? Erased { get; init; }

    /// <summary>How many requests a <see cref="AuditKinds.Refused"/> or <see cref="AuditKinds.SequenceGap"/> event stands for; absent: one.</summary>
    public long? Count { get; init; }
}

/// <summary>The values of <see cref="AuditEvent.Kind"/>.</summary>
public static class AuditKinds
{
    public const string Decision = "decision";
    public const string Outcome = "outcome";

    /// <summary>An outcome that was refused because its trace already has one, or because no decision is known for it.</summary>
    public const string OutcomeRefused = "outcome-refused";

    /// <summary>A call that a hook denied by itself, because no gateway decided about it; reported by the hook afterwards.</summary>
    public const string HookDenied = "hook-denied";

    /// <summary>Numbers of an installation's requests that never arrived.</summary>
    public const string SequenceGap = "sequence-gap";
    public const string Administration = "administration";

    /// <summary>A request refused before policy: unknown or revoked key, bad request, limit. Counted, at most one event per key and second.</summary>
    public const string Refused = "refused";
}

/// <summary>A rule that matched an access.</summary>
public sealed record MatchedRule
{
    public required string Policy { get; init; }
    public required string Rule { get; init; }
    public required string Effect { get; init; }

    /// <summary>Index into <see cref="AuditEvent.Accesses"/>.</summary>
    public required int Access { get; init; }

    /// <summary>The rule is on trial (<c>mode: audit</c>): recorded, not in force.</summary>
    public bool OnTrial { get; init; }
}

/// <summary>How a tool call ended, as the client reported it.</summary>
public sealed record AuditOutcome
{
    public required string Result { get; init; }
    public long? DurationMs { get; init; }
    public int? ExitCode { get; init; }
    public long? OutputBytes { get; init; }
    public string? OutputDigest { get; init; }
}

/// <summary>Where an event comes from that a hook kept until a gateway took it. All of it is what the hook says.</summary>
public sealed record AuditSpooled
{
    /// <summary>The hook's own id of it.</summary>
    public required string Id { get; init; }

    /// <summary>When it happened, by the hook's clock.</summary>
    public required DateTimeOffset Time { get; init; }
}

/// <summary>An administrative change: who did what to which thing.</summary>
public sealed record AuditChange
{
    public required string Actor { get; init; }

    /// <summary>e.g. <c>policy.apply</c>, <c>agent.create</c>, <c>agent.revoke</c>.</summary>
    public required string Operation { get; init; }
    public required string Target { get; init; }
    public string? Detail { get; init; }
}

/// <summary>A page of events, newest first.</summary>
public sealed record AuditPage
{
    public required IReadOnlyList<AuditEvent> Events { get; init; }

    /// <summary>Pass as <c>before</c> to continue; absent on the last page. A page may hold fewer events than asked for.</summary>
    public long? NextBefore { get; init; }
}
