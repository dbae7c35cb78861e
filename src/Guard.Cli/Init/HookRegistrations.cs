using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Agents.ClaudeCode;

namespace Guard.Cli.Init;

/// <summary>Puts Guard's hook into settings and takes it out again.</summary>
internal static class HookRegistrations
{
    public const string ProgramName = "guard-hook";

    /// <summary>
    /// Registers the hook for each event. Registrations of Guard that already stand there in another form are replaced;
    /// all else is left as it is.
    /// </summary>
    /// <returns>The containers that had to be made, as paths such as <c>/hooks/PreToolUse</c>.</returns>
    public static IReadOnlyList<string> Add(JsonObject settings, string hookPath, string configPath)
    {
        var made = new List<string>();
        if (settings["hooks"] is not JsonObject hooks)
        {
            settings["hooks"] = hooks = [];
            made.Add("/hooks");
        }

        foreach (var name in HookEvents.Registered)
        {
            if (hooks[name] is not JsonArray matchers)
            {
                hooks[name] = matchers = [];
                made.Add("/hooks/" + name);
            }

            var wanted = Matcher(name, hookPath, configPath);
            var own = matchers.OfType<JsonObject>().Where(HoldsOwn).ToList();
            if (own.Count == 1 && JsonNode.DeepEquals(own[0], wanted)) continue;
            RemoveOwn(matchers);
            matchers.Add((JsonNode)wanted);
        }

        return made;
    }

    /// <summary>Whether Guard's hook is registered for any event.</summary>
    public static bool Exists(JsonObject settings) =>
        settings["hooks"] is JsonObject hooks && hooks.Any(e => e.Value is JsonArray matchers && matchers.OfType<JsonObject>().Any(HoldsOwn));

    /// <summary>Takes every registration of Guard out, with the containers that this leaves empty.</summary>
    /// <param name="settings">Changed in place.</param>
    /// <param name="mayRemove">Whether an emptied container at a path may go.</param>
    public static void Remove(JsonObject settings, Func<string, bool> mayRemove)
    {
        if (settings["hooks"] is not JsonObject hooks) return;
        foreach (var (name, value) in hooks.ToList())
        {
            if (value is not JsonArray matchers || !matchers.OfType<JsonObject>().Any(HoldsOwn)) continue;
            RemoveOwn(matchers);
            if (matchers.Count == 0 && mayRemove("/hooks/" + name)) hooks.Remove(name);
        }

        if (hooks.Count == 0 && mayRemove("/hooks")) settings.Remove("hooks");
    }

    /// <summary>The arguments of the hook for one event, as they are registered.</summary>
    public static IReadOnlyList<string> Arguments(string name, string configPath)
    {
        var (verb, deadline, _) = Timing(name);
        return [verb, "--config", configPath, "--workspace", "${CLAUDE_PROJECT_DIR}", "--deadline", deadline.ToString()];
    }

    // The hook's own deadline lies 5 s or more below the client's time-out, after which the client would kill it.
    private static (string Verb, int Deadline, int Timeout) Timing(string name) => name switch
    {
        HookEvents.PreToolUse => ("pre", 25, 30),
        HookEvents.ConfigChange => ("config", 10, 15),
        _ => ("post", 10, 15),
    };

    private static JsonObject Matcher(string name, string hookPath, string configPath) => new()
    {
        ["matcher"] = "*",
        ["hooks"] = new JsonArray(new JsonObject
        {
            ["type"] = "command",
            ["command"] = hookPath,
            ["args"] = new JsonArray([.. Arguments(name, configPath).Select(a => JsonValue.Create(a))]),
            ["timeout"] = Timing(name).Timeout,
            ["onFailure"] = "block",
        }),
    };

    private static bool HoldsOwn(JsonObject matcher) => matcher["hooks"] is JsonArray handlers && handlers.Any(IsOwn);

    private static void RemoveOwn(JsonArray matchers)
    {
        foreach (var matcher in matchers.OfType<JsonObject>().Where(HoldsOwn).ToList())
        {
            var handlers = (JsonArray)matcher["hooks"]!;
            foreach (var handler in handlers.Where(IsOwn).ToList()) handlers.Remove(handler);
            if (handlers.Count == 0) matchers.Remove(matcher);
        }
    }

    // Exec form, the program's name and one of its verbs: a line of a shell that mentions the hook is somebody else's.
    public static bool IsOwn(JsonNode? node) =>
        node is JsonObject handler
        && Text(handler["command"]) is { } command && Path.GetFileName(command) == ProgramName
        && handler["args"] is JsonArray { Count: > 0 } args && Text(args[0]) is "pre" or "post" or "config";

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
