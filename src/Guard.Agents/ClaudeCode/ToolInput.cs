using System.Text.Json;

namespace Guard.Agents.ClaudeCode;

/// <summary>The members of a tool's input, unread until asked for.</summary>
public sealed class ToolInput
{
    /// <summary>The input of a call that states none.</summary>
    public static readonly ToolInput None = new(ReadOnlyMemory<byte>.Empty, []);

    private readonly List<ToolInputMember> _members;

    internal ToolInput(ReadOnlyMemory<byte> json, List<ToolInputMember> members)
    {
        Json = json;
        _members = members;
    }

    /// <summary>The JSON text as the client wrote it, checked; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Whether a member of this name is there, whatever its type, null included.</summary>
    public bool Has(string name) => _members.Exists(member => member.Name == name);

    /// <summary>The text of a string member; null where it is absent or something else.</summary>
    public string? Text(string name)
    {
        foreach (var member in _members)
        {
            if (member.Name != name) continue;
            var reader = new Utf8JsonReader(member.Json.Span);
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }

        return null;
    }

    /// <summary>The members of an object member; null where it is absent or something else.</summary>
    internal ToolInput? Object(string name)
    {
        foreach (var member in _members)
        {
            if (member.Name == name && member.Json.Span[0] == (byte)'{') return ClaudeCodeInputReader.ReadObject(member.Json);
        }

        return null;
    }
}

/// <summary>One member: its name and the JSON text of its value.</summary>
internal readonly record struct ToolInputMember(string Name, ReadOnlyMemory<byte> Json);
