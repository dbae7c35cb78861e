using System.Buffers;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Agents.ClaudeCode;

/// <summary>What a hook process tells Claude Code: at most one JSON document, one line for people, and the exit code.</summary>
/// <param name="Output">Standard output; empty for no opinion.</param>
/// <param name="Error">Standard error; null for nothing.</param>
/// <param name="ExitCode">0 or 2, never anything else: the client takes other codes for a broken hook and goes on.</param>
public sealed record ClaudeCodeAnswer(ReadOnlyMemory<byte> Output, string? Error, int ExitCode)
{
    /// <summary>No opinion: the client's own rules decide.</summary>
    public static readonly ClaudeCodeAnswer Silent = new(ReadOnlyMemory<byte>.Empty, null, 0);

    private static readonly JsonWriterOptions Options = new() { Encoder = JsonTextEncoder.Instance };

    /// <summary>A denial, in three signals at once: JSON, exit code 2 and the reason on standard error.</summary>
    public static ClaudeCodeAnswer Deny(string reason)
    {
        var clean = DisplayText.Clean(reason);
        return new ClaudeCodeAnswer(Permission(Effects.Deny, clean), clean, 2);
    }

    /// <summary>A refused change of settings: the running session keeps the old ones.</summary>
    public static ClaudeCodeAnswer Block(string reason)
    {
        var clean = DisplayText.Clean(reason);
        return new ClaudeCodeAnswer(Write("decision", "block", "reason", clean, nested: false), clean, 2);
    }

    /// <summary>Text for the model beside a result that is already there; nothing is blocked by it.</summary>
    public static ClaudeCodeAnswer Complain(string reason) => new(ReadOnlyMemory<byte>.Empty, DisplayText.Clean(reason), 2);

    /// <summary>The gateway's decision on a tool call. Every answer that is not known is a denial.</summary>
    public static ClaudeCodeAnswer ToToolCall(DecisionResponse decision) => decision.Answer switch
    {
        Effects.Allow when decision.Granted => new ClaudeCodeAnswer(Permission(Effects.Allow, DisplayText.Clean(decision.Message)), null, 0),
        Effects.Allow => Silent,
        Effects.Ask => new ClaudeCodeAnswer(Permission(Effects.Ask, DisplayText.Clean(decision.Message)), null, 0),
        _ => Deny(decision.Message),
    };

    /// <summary>The gateway's decision on a change of settings; nobody can be asked here.</summary>
    public static ClaudeCodeAnswer ToConfigChange(DecisionResponse decision) =>
        decision.Answer == Effects.Allow ? Silent : Block(decision.Message);

    private static ReadOnlyMemory<byte> Permission(string decision, string reason) =>
        Write("permissionDecision", decision, "permissionDecisionReason", reason, nested: true);

    private static ReadOnlyMemory<byte> Write(string key, string value, string reasonKey, string reason, bool nested)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + reason.Length);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        if (nested)
        {
            writer.WriteStartObject("hookSpecificOutput"u8);
            writer.WriteString("hookEventName"u8, "PreToolUse"u8);
        }

        writer.WriteString(key, value);
        writer.WriteString(reasonKey, reason);
        if (nested) writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }
}
