using System.Text.Json;
using System.Text.Unicode;

namespace Guard.Agents.ClaudeCode;

/// <summary>
/// Reads what Claude Code writes to a hook, in one pass. What could be read in two ways is refused: invalid UTF-8, halves
/// of surrogate pairs, a member that stands twice, wrong types of members that matter.
/// </summary>
public static class ClaudeCodeInputReader
{
    private const int MaxDepth = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <exception cref="UnreadableInputException">The input cannot be judged.</exception>
    public static ClaudeCodeInput Read(ReadOnlyMemory<byte> json)
    {
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        if (json.Span.Trim(" \t\r\n"u8).IsEmpty) throw new UnreadableInputException("the hook's input is empty");
        if (!Utf8.IsValid(json.Span)) throw new UnreadableInputException("the hook's input is not valid UTF-8");

        var reader = new Utf8JsonReader(json.Span, Options);
        try
        {
            return ReadInput(ref reader, json);
        }
        catch (JsonException e)
        {
            throw new UnreadableInputException(
                $"the hook's input is not JSON that can be judged (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}; at most {MaxDepth} levels)");
        }
    }

    /// <summary>The members of a tool's input that stands alone.</summary>
    /// <exception cref="UnreadableInputException">The input cannot be judged.</exception>
    public static ToolInput ReadToolInput(ReadOnlyMemory<byte> json)
    {
        if (!Utf8.IsValid(json.Span)) throw new UnreadableInputException("the tool's input is not valid UTF-8");
        try
        {
            return ReadObject(json);
        }
        catch (JsonException e)
        {
            throw new UnreadableInputException($"the tool's input is not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }
    }

    internal static ToolInput ReadObject(ReadOnlyMemory<byte> json)
    {
        var reader = new Utf8JsonReader(json.Span, Options);
        reader.Read();
        var input = ReadMembers(ref reader, json);
        reader.Read();
        return input;
    }

    private static ClaudeCodeInput ReadInput(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new UnreadableInputException("the hook's input is not a JSON object");

        var input = new ClaudeCodeInput { ToolInput = ToolInput.None };
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadName(ref reader, names);
            reader.Read();
            input = name switch
            {
                "hook_event_name" => input with { Event = ReadText(ref reader, name) },
                "session_id" => input with { SessionId = ReadText(ref reader, name) },
                "tool_use_id" => input with { ToolUseId = ReadText(ref reader, name) },
                "prompt_id" => input with { PromptId = ReadText(ref reader, name) },
                "cwd" => input with { Cwd = ReadText(ref reader, name) },
                "permission_mode" => input with { PermissionMode = ReadText(ref reader, name) },
                "agent_id" => input with { SubagentId = ReadText(ref reader, name) },
                "agent_type" => input with { SubagentType = ReadText(ref reader, name) },
                "tool_name" => input with { Tool = ReadText(ref reader, name) },
                "tool_input" => input with { ToolInput = ReadMembers(ref reader, json) },
                "tool_response" => input with { ToolResponse = ReadRaw(ref reader, json) },
                "mcp_server" => input with { McpServer = ReadServer(ref reader, json) },
                "error" => input with { Error = ReadText(ref reader, name) },
                "is_interrupt" => input with { IsInterrupt = ReadRaw(ref reader, json).Span.SequenceEqual("true"u8) },
                "duration_ms" => input with { DurationMs = ReadNumber(ref reader, json) },
                "source" => input with { Source = ReadText(ref reader, name) },
                "file_path" => input with { FilePath = ReadText(ref reader, name) },
                _ => Skip(ref reader, input),
            };
        }

        // Anything after the object is an error that the reader reports itself.
        reader.Read();
        return input;
    }

    private static ToolInput ReadMembers(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        var members = new List<ToolInputMember>();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            SkipValue(ref reader);
        }
        else
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = ReadName(ref reader, names);
                reader.Read();
                members.Add(new ToolInputMember(name, ReadRaw(ref reader, json)));
            }
        }

        return new ToolInput(json[start..(int)reader.BytesConsumed], members);
    }

    private static ClaudeCodeInput Skip(ref Utf8JsonReader reader, ClaudeCodeInput input)
    {
        SkipValue(ref reader);
        return input;
    }

    private static string? ReadText(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String) throw new UnreadableInputException($"`{name}` in the hook's input is not text");
        CheckSurrogates(ref reader);
        return reader.GetString();
    }

    private static long? ReadNumber(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number) && number is >= 0 and < 1e15) return (long)number;
        ReadRaw(ref reader, json);
        return null;
    }

    private static string? ReadServer(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        // A stated server without a readable name must not pass for no server.
        return ReadMembers(ref reader, json).Text("name") ?? "";
    }

    private static ReadOnlyMemory<byte> ReadRaw(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        SkipValue(ref reader);
        return json[start..(int)reader.BytesConsumed];
    }

    /// <summary>Steps over one value, looking for what could be read in two ways.</summary>
    private static void SkipValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String) CheckSurrogates(ref reader);
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;

        var depth = reader.CurrentDepth;
        var names = new HashSet<string>?[MaxDepth + 1];
        while (true)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    names[reader.CurrentDepth]?.Clear();
                    break;
                case JsonTokenType.PropertyName:
                    ReadName(ref reader, names[reader.CurrentDepth - 1] ??= new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.String:
                    CheckSurrogates(ref reader);
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray when reader.CurrentDepth == depth:
                    return;
            }

            if (!reader.Read()) return;
        }
    }

    private static string ReadName(ref Utf8JsonReader reader, HashSet<string> seen)
    {
        CheckSurrogates(ref reader);
        var name = reader.GetString()!;
        if (!seen.Add(name)) throw new UnreadableInputException($"a member of the hook's input stands twice (byte {reader.TokenStartIndex + 1}), so that it could be read in two ways");
        return name;
    }

    /// <summary>The escapes of a string must form whole characters.</summary>
    private static void CheckSurrogates(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return;
        var text = reader.ValueSpan;
        for (var i = text.IndexOf((byte)'\\'); i >= 0 && i + 1 < text.Length;)
        {
            if (text[i + 1] != 'u')
            {
                i += 2;
            }
            else
            {
                var unit = HexUnit(text, i);
                var isPair = char.IsHighSurrogate(unit) && i + 11 < text.Length && text[i + 6] == '\\' && text[i + 7] == 'u' && char.IsLowSurrogate(HexUnit(text, i + 6));
                if (char.IsSurrogate(unit) && !isPair)
                {
                    throw new UnreadableInputException($"the hook's input holds half of a surrogate pair (byte {reader.TokenStartIndex + 1})");
                }

                i += isPair ? 12 : 6;
            }

            var next = i < text.Length ? text[i..].IndexOf((byte)'\\') : -1;
            i = next < 0 ? -1 : i + next;
        }
    }

    // The reader has checked that four hexadecimal digits follow.
    private static char HexUnit(ReadOnlySpan<byte> text, int at) =>
        (char)ushort.Parse(text.Slice(at + 2, 4), System.Globalization.NumberStyles.AllowHexSpecifier);
}
