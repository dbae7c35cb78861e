using System.Text.Json;

namespace Guard.Agents.ClaudeCode;

/// <summary>One of the client's settings files as it is now. <see cref="Content"/> null: there is none.</summary>
public sealed record SettingsContent(string Path, ReadOnlyMemory<byte>? Content);

/// <summary>Judges whether the client's settings, as they are now, still hold Guard's registration in force.</summary>
public static class SettingsJudge
{
    private const string Program = "guard-hook";

    // What the client itself reads: no comments, no trailing commas. A file with either is void as a whole.
    private static readonly JsonDocumentOptions Strict = new() { CommentHandling = JsonCommentHandling.Disallow, AllowTrailingCommas = false, MaxDepth = 64 };

    /// <summary>Why Guard would be disarmed, in one clause; null while it stays in force.</summary>
    /// <param name="files">The user's, the project's and the local settings.</param>
    /// <param name="changed">The file that changed; null where the client does not say.</param>
    public static string? WhyDisarmed(IEnumerable<SettingsContent> files, string? changed)
    {
        var registered = false;
        foreach (var file in files)
        {
            if (file.Content is not { } content) continue;
            using var document = Parse(content);
            if (document is null || VoidMember(document.RootElement) is { })
            {
                var why = document is null ? "it is not plain JSON" : $"`{VoidMember(document.RootElement)}` has a wrong type";
                // A void file elsewhere was void before this change, and what it registered has not been in force.
                if (changed is null || file.Path == changed) return $"the client would ignore {file.Path}: {why}";
                continue;
            }

            var root = document.RootElement;
            if (root.TryGetProperty("disableAllHooks", out var off) && off.ValueKind == JsonValueKind.True) return $"`disableAllHooks` stands in {file.Path}";
            foreach (var (matcher, handler) in Handlers(root))
            {
                if (!IsGuard(handler)) continue;
                // Of several files the higher one's options win for the same command, so a weak copy anywhere counts.
                if (Weakness(matcher, handler) is { } weakness) return $"{file.Path} registers guard-hook {weakness}";
                registered = true;
            }
        }

        return registered ? null : "no settings file registers guard-hook for PreToolUse any more";
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            return JsonDocument.Parse(content, Strict);
        }
        catch (JsonException)
        {
            // Void to the client, which is what null says.
            return null;
        }
    }

    /// <summary>The first member whose type makes the client ignore the whole file; null when there is none.</summary>
    private static string? VoidMember(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return "the document";
        if (root.TryGetProperty("model", out var model) && model.ValueKind != JsonValueKind.String) return "model";
        if (root.TryGetProperty("disableAllHooks", out var off) && off.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return "disableAllHooks";
        if (root.TryGetProperty("permissions", out var permissions) && permissions.ValueKind != JsonValueKind.Object) return "permissions";
        if (root.TryGetProperty("env", out var environment) && (environment.ValueKind != JsonValueKind.Object || environment.EnumerateObject().Any(v => v.Value.ValueKind != JsonValueKind.String))) return "env";
        if (!root.TryGetProperty("hooks", out var hooks)) return null;
        if (hooks.ValueKind != JsonValueKind.Object) return "hooks";
        if (!hooks.TryGetProperty("PreToolUse", out var entries)) return null;
        if (entries.ValueKind != JsonValueKind.Array) return "hooks.PreToolUse";
        return entries.EnumerateArray().All(IsEntry) ? null : "hooks.PreToolUse";
    }

    private static bool IsEntry(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object &&
        (!entry.TryGetProperty("matcher", out var matcher) || matcher.ValueKind == JsonValueKind.String) &&
        entry.TryGetProperty("hooks", out var hooks) && hooks.ValueKind == JsonValueKind.Array && hooks.EnumerateArray().All(IsHandler);

    private static bool IsHandler(JsonElement handler) =>
        handler.ValueKind == JsonValueKind.Object && handler.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String &&
        Has(handler, "command", JsonValueKind.String, orAbsent: !type.ValueEquals("command")) &&
        Has(handler, "timeout", JsonValueKind.Number, orAbsent: true) &&
        Has(handler, "args", JsonValueKind.Array, orAbsent: true) &&
        (!handler.TryGetProperty("onFailure", out var failure) || (failure.ValueKind == JsonValueKind.String && failure.GetString() is "block" or "continue"));

    private static bool Has(JsonElement element, string name, JsonValueKind kind, bool orAbsent) =>
        element.TryGetProperty(name, out var value) ? value.ValueKind == kind : orAbsent;

    private static IEnumerable<(string Matcher, JsonElement Handler)> Handlers(JsonElement root)
    {
        if (!root.TryGetProperty("hooks", out var hooks) || !hooks.TryGetProperty("PreToolUse", out var entries)) yield break;
        foreach (var entry in entries.EnumerateArray())
        {
            var matcher = entry.TryGetProperty("matcher", out var stated) ? stated.GetString()! : "";
            foreach (var handler in entry.GetProperty("hooks").EnumerateArray()) yield return (matcher, handler);
        }
    }

    private static bool IsGuard(JsonElement handler)
    {
        if (!handler.GetProperty("type").ValueEquals("command")) return false;
        var command = handler.GetProperty("command").GetString()!;
        return command[(command.LastIndexOf('/') + 1)..].Trim('"', '\'') == Program || command.Contains("/" + Program + " ", StringComparison.Ordinal);
    }

    private static string? Weakness(string matcher, JsonElement handler)
    {
        if (matcher is not ("" or "*")) return "only for some tools";
        if (!handler.TryGetProperty("args", out var args) || args.GetArrayLength() == 0 || args[0].ValueKind != JsonValueKind.String || args[0].GetString() != "pre") return "without `pre` as its first argument";
        if (handler.TryGetProperty("if", out _)) return "under a condition";
        if (handler.TryGetProperty("async", out var isAsync) && isAsync.ValueKind != JsonValueKind.False) return "without waiting for it";
        if (handler.TryGetProperty("asyncRewake", out var rewake) && rewake.ValueKind != JsonValueKind.False) return "without waiting for it";
        if (!handler.TryGetProperty("onFailure", out var failure) || failure.GetString() != "block") return "without `onFailure: block`";
        if (handler.TryGetProperty("timeout", out var timeout) && timeout.GetDouble() <= DeadlineOf(args)) return "with a time-out that does not outlast its own deadline";
        return null;
    }

    private static double DeadlineOf(JsonElement args)
    {
        const double withoutArgument = 25;
        for (var i = 0; i + 1 < args.GetArrayLength(); i++)
        {
            if (args[i].ValueKind == JsonValueKind.String && args[i].GetString() == "--deadline" && args[i + 1].ValueKind == JsonValueKind.String &&
                double.TryParse(args[i + 1].GetString(), System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var seconds))
            {
                return seconds;
            }
        }

        return withoutArgument;
    }
}
