using System.Collections.Frozen;

namespace Guard.Agents.ClaudeCode;

/// <summary>The client's hook events.</summary>
public static class HookEvents
{
    public const string PreToolUse = "PreToolUse";
    public const string PostToolUse = "PostToolUse";
    public const string PostToolUseFailure = "PostToolUseFailure";
    public const string ConfigChange = "ConfigChange";
    public const string PermissionRequest = "PermissionRequest";

    /// <summary>The events that Guard registers for.</summary>
    public static readonly IReadOnlyList<string> Registered = [PreToolUse, PostToolUse, PostToolUseFailure, ConfigChange];

    /// <summary>All that the client knows; names are case-sensitive.</summary>
    public static readonly FrozenSet<string> All = """
        PreToolUse PostToolUse PostToolUseFailure PostToolBatch Notification UserPromptSubmit UserPromptExpansion SessionStart
        SessionEnd Stop StopFailure SubagentStart SubagentStop PreCompact PostCompact PreModelSwitch PostModelSwitch
        PermissionRequest PermissionDenied Setup TeammateIdle TaskCreated TaskCompleted Elicitation ElicitationResult ConfigChange
        WorktreeCreate WorktreeRemove InstructionsLoaded CwdChanged FileChanged DirectoryAdded MessageDisplay
        """.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToFrozenSet(StringComparer.Ordinal);
}
