using System.Text.Json;

namespace Guard.Protocol;

/// <summary>Body of <c>POST /v1/decisions</c>: may this tool call happen?</summary>
public sealed record DecisionRequest
{
    /// <summary><see cref="Wire.Version"/>.</summary>
    public required int Version { get; init; }

    /// <summary>
    /// UUIDv7 made by the hook; joins decision, outcome and every message about them. The gateway refuses one that this
    /// agent has used before.
    /// </summary>
    public required string TraceId { get; init; }

    public required HookInfo Hook { get; init; }

    /// <summary><see cref="Modes.Audit"/> asks to be recorded only; it holds where the gateway lets the agent use it.</summary>
    public string? Mode { get; init; }

    public required ToolCall Call { get; init; }

    /// <summary>
    /// <see cref="WalkNames.Id"/> of the names by which subtrees were looked through; <see cref="WalkNames.None"/> where the sender can
    /// look but has no names yet. Absent: it cannot, and subtrees count as holding every file.
    /// </summary>
    public string? Walk { get; init; }

    /// <summary>Everything the call would cause; never empty. At most <see cref="Wire.MaxAccesses"/>.</summary>
    public required IReadOnlyList<Access> Accesses { get; init; }
}

/// <summary>The hook that speaks. Everything here is reported, not proven.</summary>
public sealed record HookInfo
{
    /// <summary>Version of the hook executable.</summary>
    public required string Version { get; init; }

    /// <summary><see cref="Wire.AnalyserVersion"/> of the hook.</summary>
    public required int Analyser { get; init; }

    /// <summary>Version of the agent client that started the hook, as its environment states it.</summary>
    public string? ClientVersion { get; init; }

    /// <summary>Label of the agent, by default the host's name.</summary>
    public string? AgentName { get; init; }

    /// <summary>Random id of this installation of the hook, made once.</summary>
    public string? Installation { get; init; }

    /// <summary>Counts this installation's requests from 1, so that a gap shows. Absent: the counter could not be kept.</summary>
    public long? Sequence { get; init; }
}

/// <summary>What an agent client says it is about to do. Everything here is reported by the client.</summary>
public sealed record ToolCall
{
    /// <summary>The agent client, e.g. <c>claude-code</c>.</summary>
    public required string Client { get; init; }

    /// <summary>The client's name of the hook event, e.g. <c>PreToolUse</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The tool's name as the client spells it.</summary>
    public required string Tool { get; init; }

    /// <summary>
    /// The tool's input. A string longer than the hook's limit is an object
    /// <c>{"$digest":"sha256:…","$length":chars}</c>, with <c>"$head"</c> where it does not carry content.
    /// </summary>
    public JsonElement? Input { get; init; }

    public string? ToolUseId { get; init; }
    public string? SessionId { get; init; }
    public string? PromptId { get; init; }

    /// <summary>The folder that relative paths mean. It moves with <c>cd</c>.</summary>
    public string? Cwd { get; init; }

    /// <summary>The project folder that the client states. Absent: none stated.</summary>
    public Place? Workspace { get; init; }

    /// <summary>
    /// Home folders: first the account's own, which allow rules mean by <c>~</c>; further ones (a differing <c>HOME</c>)
    /// only widen deny, approve and ask rules.
    /// </summary>
    public IReadOnlyList<Place>? Homes { get; init; }

    public string? PermissionMode { get; init; }
    public string? SubagentId { get; init; }
    public string? SubagentType { get; init; }

    /// <summary>The repository of the workspace, <c>host/path</c> of its remote <c>origin</c>. Absent: there is none, or it is not known.</summary>
    public string? Project { get; init; }

    /// <summary>The branch that is checked out. Absent: none, or not known.</summary>
    public string? Branch { get; init; }

    /// <summary>The machine's name.</summary>
    public string? Host { get; init; }

    /// <summary>The workspace's own policy, which can only make decisions stricter. Absent: it has none.</summary>
    public WorkspacePolicy? Policy { get; init; }
}

/// <summary>The document <c>.guard/policy.yaml</c> of a workspace.</summary>
public sealed record WorkspacePolicy
{
    /// <summary>Below the workspace.</summary>
    public const string File = ".guard/policy.yaml";

    /// <summary>Bytes of UTF-8.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary><c>sha256:</c> of <see cref="Text"/> in UTF-8.</summary>
    public required string Digest { get; init; }

    public required string Text { get; init; }
}

/// <summary>A folder in both spellings.</summary>
public sealed record Place
{
    /// <summary>Absolute, as stated, <c>.</c> and <c>..</c> removed by text alone.</summary>
    public required string Written { get; init; }

    /// <summary>After symlinks. Absent: could not be resolved.</summary>
    public string? Real { get; init; }
}
