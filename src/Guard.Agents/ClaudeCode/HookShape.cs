using System.Text.Json;

namespace Guard.Agents.ClaudeCode;

/// <summary>Whether the client can load one matcher entry of a hook event, as client 2.1.329 judges it.</summary>
internal static class HookShape
{
    /// <summary>What is wrong with the entry, or null.</summary>
    /// <param name="entry">A member of a hook event's list.</param>
    /// <param name="inside">The path, below the entry, of the handler at fault; empty for the entry itself.</param>
    public static string? FindProblem(JsonElement entry, out string inside)
    {
        inside = "";
        if (entry.ValueKind != JsonValueKind.Object) return $"must be an object, not {SettingsShape.NameOf(entry)}";
        if (entry.TryGetProperty("matcher", out var pattern) && pattern.ValueKind != JsonValueKind.String)
            return $"has a `matcher` that must be text, not {SettingsShape.NameOf(pattern)}";
        if (!entry.TryGetProperty("hooks", out var handlers) || handlers.ValueKind != JsonValueKind.Array) return "needs a list `hooks` with its handlers";
        var i = 0;
        foreach (var handler in handlers.EnumerateArray())
        {
            if (FindHandlerProblem(handler) is { } problem)
            {
                inside = $"/hooks/{i}";
                return $"has a handler that {problem}";
            }

            i++;
        }

        return null;
    }

    private static string? FindHandlerProblem(JsonElement handler)
    {
        if (handler.ValueKind != JsonValueKind.Object) return "is not an object";
        if (!handler.TryGetProperty("type", out var stated) || stated.ValueKind != JsonValueKind.String) return "states no `type`";
        var type = stated.GetString()!;
        string[]? required = type switch
        {
            "command" => ["command"],
            "http" => ["url"],
            "prompt" or "agent" => ["prompt"],
            "mcp_tool" => ["server", "tool"],
            _ => null,
        };
        if (required is null) return $"has the unknown type `{type}`";
        foreach (var member in required)
        {
            if (!handler.TryGetProperty(member, out var value) || value.ValueKind != JsonValueKind.String) return $"needs the text `{member}`";
        }

        return Optional(handler, "timeout", JsonValueKind.Number, "a number above 0", static n => n.GetDouble() > 0)
            ?? Optional(handler, "if", JsonValueKind.String, "text")
            ?? Optional(handler, "statusMessage", JsonValueKind.String, "text")
            ?? Optional(handler, "once", JsonValueKind.True, "true or false")
            ?? (type is "command" ? FindCommandProblem(handler) : null)
            ?? (type is "command" or "http" or "mcp_tool"
                ? Optional(handler, "onFailure", JsonValueKind.String, "`continue` or `block`", static n => n.GetString() is "continue" or "block")
                : null)
            ?? (type is "http"
                ? Optional(handler, "url", JsonValueKind.String, "an absolute URL", static n => Uri.TryCreate(n.GetString(), UriKind.Absolute, out _))
                : null);
    }

    private static string? FindCommandProblem(JsonElement handler) =>
        Optional(handler, "args", JsonValueKind.Array, "a list of texts", static n => n.EnumerateArray().All(static a => a.ValueKind == JsonValueKind.String))
        ?? Optional(handler, "async", JsonValueKind.True, "true or false")
        ?? Optional(handler, "asyncRewake", JsonValueKind.True, "true or false")
        ?? Optional(handler, "shell", JsonValueKind.String, "`bash` or `powershell`", static n => n.GetString() is "bash" or "powershell");

    private static string? Optional(JsonElement handler, string member, JsonValueKind kind, string wanted, Func<JsonElement, bool>? holds = null)
    {
        if (!handler.TryGetProperty(member, out var value)) return null;
        return SettingsShape.Is(value, kind) && (holds is null || holds(value)) ? null : $"has a `{member}` that must be {wanted}";
    }
}
