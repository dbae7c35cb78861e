using Guard.Protocol;

namespace Guard.Agents.ClaudeCode;

/// <summary>How a tool call ended, from what Claude Code writes to a post hook. The output itself stays behind.</summary>
/// <param name="Result">One of <see cref="Outcomes"/>.</param>
/// <param name="ExitCode">The exit code of a shell command that failed; null where none is stated.</param>
/// <param name="OutputBytes">Size of the response's JSON text.</param>
/// <param name="OutputDigest">Digest of the response's JSON text.</param>
public readonly record struct ClaudeCodeOutcome(string Result, int? ExitCode, long? OutputBytes, string? OutputDigest)
{
    private const string ExitCodePrefix = "Exit code ";

    /// <exception cref="UnreadableInputException">The input is of no event that reports an outcome.</exception>
    public static ClaudeCodeOutcome Of(ClaudeCodeInput input)
    {
        if (string.IsNullOrEmpty(input.Tool)) throw new UnreadableInputException("the hook's input names no tool (`tool_name`)");
        var hasOutput = !input.ToolResponse.IsEmpty;
        return input.Event switch
        {
            "PostToolUse" => new(
                Outcomes.Succeeded,
                null,
                hasOutput ? input.ToolResponse.Length : null,
                hasOutput ? Sha256.Digest(input.ToolResponse.Span) : null),
            "PostToolUseFailure" => new(input.IsInterrupt ? Outcomes.Interrupted : Outcomes.Failed, ExitCodeOf(input.Error), null, null),
            null => throw new UnreadableInputException("the hook's input names no event (`hook_event_name`)"),
            _ => throw new UnreadableInputException($"the hook was called for the event {ToolName.Safe(input.Event)}, not PostToolUse or PostToolUseFailure; correct its registration"),
        };
    }

    /// <summary>The tool's name as it goes over the wire.</summary>
    public static string ToolOf(ClaudeCodeInput input) => ToolName.Safe(input.Tool ?? "");

    private static int? ExitCodeOf(string? error)
    {
        if (error is null || !error.StartsWith(ExitCodePrefix, StringComparison.Ordinal)) return null;
        var digits = error.AsSpan(ExitCodePrefix.Length);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], out var code) ? code : null;
    }
}
