namespace Guard.Agents.ClaudeCode;

/// <summary>What Claude Code wrote to a hook. Everything here is untrusted; absent members are null.</summary>
public sealed record ClaudeCodeInput
{
    public string? Event { get; init; }
    public string? SessionId { get; init; }
    public string? ToolUseId { get; init; }
    public string? PromptId { get; init; }
    public string? Cwd { get; init; }
    public string? PermissionMode { get; init; }
    public string? SubagentId { get; init; }
    public string? SubagentType { get; init; }
    public string? Tool { get; init; }

    /// <summary>Name of the MCP server behind the tool, as the user's settings call it.</summary>
    public string? McpServer { get; init; }

    public required ToolInput ToolInput { get; init; }

    /// <summary>The JSON text of <c>tool_response</c>; empty where there is none.</summary>
    public ReadOnlyMemory<byte> ToolResponse { get; init; }

    /// <summary><c>error</c> of a failed tool.</summary>
    public string? Error { get; init; }
    public bool IsInterrupt { get; init; }
    public long? DurationMs { get; init; }

    /// <summary><c>source</c> of a ConfigChange: which settings changed.</summary>
    public string? Source { get; init; }

    /// <summary><c>file_path</c> of a ConfigChange.</summary>
    public string? FilePath { get; init; }
}
