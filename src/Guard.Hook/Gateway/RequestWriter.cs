using System.Buffers;
using System.Text.Json;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Protocol;

namespace Guard.Hook.Gateway;

/// <summary>Writes requests by hand: the generated serializer costs a short process more than all of this.</summary>
internal static class RequestWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JsonTextEncoder.Instance, SkipValidation = true };

    /// <summary>The body of a <see cref="DecisionRequest"/>, with the tool's input taken from <paramref name="input"/>.</summary>
    public static ReadOnlyMemory<byte> Decision(string traceId, HookInfo hook, bool audit, AdaptedCall adapted, ToolInput input)
    {
        var buffer = new ArrayBufferWriter<byte>(8 * 1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, Wire.Version);
        writer.WriteString("traceId"u8, traceId);
        WriteHook(writer, hook);
        writer.WriteString("mode"u8, audit ? Modes.Audit : Modes.Enforce);
        writer.WriteString("walk"u8, adapted.Walk ?? WalkNames.None);
        WriteCall(writer, adapted.Call, input);
        writer.WriteStartArray("accesses"u8);
        foreach (var access in adapted.Accesses) WriteAccess(writer, access);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The body of an <see cref="OutcomeRequest"/>.</summary>
    public static ReadOnlyMemory<byte> Outcome(HookInfo hook, ClaudeCodeInput input, ClaudeCodeOutcome outcome)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        writer.WriteNumber("version"u8, Wire.Version);
        WriteHook(writer, hook);
        WriteText(writer, "sessionId"u8, input.SessionId);
        WriteText(writer, "toolUseId"u8, input.ToolUseId);
        writer.WriteString("client"u8, ClaudeCodeAdapter.Client);
        writer.WriteString("event"u8, input.Event!);
        writer.WriteString("tool"u8, ClaudeCodeOutcome.ToolOf(input));
        writer.WriteString("outcome"u8, outcome.Result);
        if (input.DurationMs is { } duration) writer.WriteNumber("durationMs"u8, duration);
        if (outcome.ExitCode is { } code) writer.WriteNumber("exitCode"u8, code);
        if (outcome.OutputBytes is { } bytes) writer.WriteNumber("outputBytes"u8, bytes);
        WriteText(writer, "outputDigest"u8, outcome.OutputDigest);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    public static void WriteHook(Utf8JsonWriter writer, HookInfo hook)
    {
        writer.WriteStartObject("hook"u8);
        writer.WriteString("version"u8, hook.Version);
        writer.WriteNumber("analyser"u8, hook.Analyser);
        WriteText(writer, "clientVersion"u8, hook.ClientVersion);
        WriteText(writer, "agentName"u8, hook.AgentName);
        WriteText(writer, "installation"u8, hook.Installation);
        if (hook.Sequence is { } sequence) writer.WriteNumber("sequence"u8, sequence);
        writer.WriteEndObject();
    }

    private static void WriteCall(Utf8JsonWriter writer, ToolCall call, ToolInput input)
    {
        writer.WriteStartObject("call"u8);
        writer.WriteString("client"u8, call.Client);
        writer.WriteString("event"u8, call.Event);
        writer.WriteString("tool"u8, call.Tool);
        writer.WritePropertyName("input"u8);
        WireInput.Write(writer, input);
        WriteText(writer, "toolUseId"u8, call.ToolUseId);
        WriteText(writer, "sessionId"u8, call.SessionId);
        WriteText(writer, "promptId"u8, call.PromptId);
        WriteText(writer, "cwd"u8, call.Cwd);
        if (call.Workspace is { } workspace)
        {
            writer.WritePropertyName("workspace"u8);
            WritePlace(writer, workspace);
        }

        if (call.Homes is { } homes)
        {
            writer.WriteStartArray("homes"u8);
            foreach (var home in homes) WritePlace(writer, home);
            writer.WriteEndArray();
        }

        WriteText(writer, "permissionMode"u8, call.PermissionMode);
        WriteText(writer, "subagentId"u8, call.SubagentId);
        WriteText(writer, "subagentType"u8, call.SubagentType);
        WriteText(writer, "project"u8, call.Project);
        WriteText(writer, "branch"u8, call.Branch);
        WriteText(writer, "host"u8, call.Host);
        if (call.Policy is { } policy)
        {
            writer.WriteStartObject("policy"u8);
            writer.WriteString("digest"u8, policy.Digest);
            writer.WriteString("text"u8, policy.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter writer, Place place)
    {
        writer.WriteStartObject();
        writer.WriteString("written"u8, place.Written);
        WriteText(writer, "real"u8, place.Real);
        writer.WriteEndObject();
    }

    private static void WriteAccess(Utf8JsonWriter writer, Access access)
    {
        writer.WriteStartObject();
        writer.WriteString("action"u8, access.Action);
        writer.WriteString("resource"u8, access.Resource);
        WriteText(writer, "real"u8, access.Real);
        WriteText(writer, "canonical"u8, access.Canonical);
        WriteWords(writer, "words"u8, access.Words);
        if (access.Command is { } command) WriteCommand(writer, command);
        if (access.By is { } by) writer.WriteNumber("by"u8, by);
        if (access.Primary) writer.WriteBoolean("primary"u8, true);
        if (access.Subtree) writer.WriteBoolean("subtree"u8, true);
        if (access.Walked) writer.WriteBoolean("walked"u8, true);
        if (access.Unknown) writer.WriteBoolean("unknown"u8, true);
        if (access.Inert) writer.WriteBoolean("inert"u8, true);
        WriteText(writer, "why"u8, access.Why);
        WriteText(writer, "note"u8, access.Note);
        writer.WriteEndObject();
    }

    private static void WriteCommand(Utf8JsonWriter writer, CommandShape command)
    {
        writer.WriteStartObject("command"u8);
        writer.WriteString("program"u8, command.Program);
        writer.WriteBoolean("onPath"u8, command.OnPath);
        WriteWords(writer, "subcommand"u8, command.Subcommand);
        WriteWords(writer, "flags"u8, command.Flags);
        WriteWords(writer, "arguments"u8, command.Arguments);
        if (command.Reads) writer.WriteBoolean("reads"u8, true);
        if (command.Open) writer.WriteBoolean("open"u8, true);
        WriteText(writer, "alone"u8, command.Alone);
        writer.WriteEndObject();
    }

    private static void WriteWords(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string>? words)
    {
        if (words is null) return;
        writer.WriteStartArray(name);
        foreach (var word in words) writer.WriteStringValue(word);
        writer.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }
}
