using System.Text.Json;
using System.Text.Json.Nodes;

namespace Guard.Cli.Init;

/// <summary>Whether the client can load one matcher entry of a hook event, as client 2.1.329 judges it.</summary>
internal static class HookShape
{
    /// <summary>What is wrong with the entry, or null.</summary>
    /// <param name="entry">A member of a hook event's list.</param>
    /// <param name="inside">The path, below the entry, of the handler at fault; empty for the entry itself.</param>
    public static string? FindProblem(JsonNode? entry, out string inside)
    {
        inside = "";
        if (entry is not JsonObject matcher) return $"must be an object, not {SettingsShape.NameOf(entry)}";
        if (matcher.TryGetPropertyValue("matcher", out var pattern) && !SettingsShape.Is(pattern, JsonValueKind.String))
            return $"has a `matcher` that must be text, not {SettingsShape.NameOf(pattern)}";
        if (matcher["hooks"] is not JsonArray handlers) return "needs a list `hooks` with its handlers";
        for (var i = 0; i < handlers.Count; i++)
        {
            if (FindHandlerProblem(handlers[i]) is not { } problem) continue;
            inside = $"/hooks/{i}";
            return $"has a handler that {problem}";
        }

        return null;
    }

    private static string? FindHandlerProblem(JsonNode? node)
    {
        if (node is not JsonObject handler) return "is not an object";
        if (!SettingsShape.Is(handler["type"], JsonValueKind.String)) return "states no `type`";
        var type = handler["type"]!.GetValue<string>();
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
            if (!SettingsShape.Is(handler[member], JsonValueKind.String)) return $"needs the text `{member}`";
        }

        return Optional(handler, "timeout", JsonValueKind.Number, "a number above 0", n => n.GetValue<double>() > 0)
            ?? Optional(handler, "if", JsonValueKind.String, "text")
            ?? Optional(handler, "statusMessage", JsonValueKind.String, "text")
            ?? Optional(handler, "once", JsonValueKind.True, "true or false")
            ?? (type is "command" ? FindCommandProblem(handler) : null)
            ?? (type is "command" or "http" or "mcp_tool"
                ? Optional(handler, "onFailure", JsonValueKind.String, "`continue` or `block`", n => n.GetValue<string>() is "continue" or "block")
                : null)
            ?? (type is "http"
                ? Optional(handler, "url", JsonValueKind.String, "an absolute URL", n => Uri.TryCreate(n.GetValue<string>(), UriKind.Absolute, out _))
                : null);
    }

    private static string? FindCommandProblem(JsonObject handler) =>
        Optional(handler, "args", JsonValueKind.Array, "a list of texts", n => n.AsArray().All(a => SettingsShape.Is(a, JsonValueKind.String)))
        ?? Optional(handler, "async", JsonValueKind.True, "true or false")
        ?? Optional(handler, "asyncRewake", JsonValueKind.True, "true or false")
        ?? Optional(handler, "shell", JsonValueKind.String, "`bash` or `powershell`", n => n.GetValue<string>() is "bash" or "powershell");

    private static string? Optional(JsonObject handler, string member, JsonValueKind kind, string wanted, Func<JsonNode, bool>? holds = null)
    {
        if (!handler.TryGetPropertyValue(member, out var value)) return null;
        return SettingsShape.Is(value, kind) && (holds is null || holds(value!)) ? null : $"has a `{member}` that must be {wanted}";
    }
}
