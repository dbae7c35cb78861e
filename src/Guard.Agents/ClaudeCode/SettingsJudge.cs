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
        var watched = false;
        foreach (var file in files)
        {
            if (file.Content is not { } content) continue;
            using var document = Parse(content);
            if (WhyVoid(document) is { } why)
            {
                // A void file elsewhere was void before this change, and what it registered has not been in force.
                if (changed is null || file.Path == changed) return $"the client would ignore {file.Path}: {why}";
                continue;
            }

            var root = document!.RootElement;
            if (root.TryGetProperty("disableAllHooks", out var off) && off.ValueKind == JsonValueKind.True) return $"`disableAllHooks` stands in {file.Path}";
            foreach (var (matcher, handler) in Handlers(root, HookEvents.PreToolUse))
            {
                if (!IsGuard(handler)) continue;
                // Of several files the higher one's options win for the same command, so a weak copy anywhere counts.
                if (Weakness(matcher, handler, "pre") is { } weakness) return $"{file.Path} registers guard-hook {weakness}";
                registered = true;
            }

            foreach (var (matcher, handler) in Handlers(root, HookEvents.ConfigChange))
            {
                if (!IsGuard(handler)) continue;
                if (Weakness(matcher, handler, "config") is { } weakness) return $"{file.Path} registers guard-hook for changes of settings {weakness}";
                watched = true;
            }
        }

        if (!registered) return "no settings file registers guard-hook for PreToolUse any more";
        // Without it, the next change would be made unseen.
        return watched ? null : "no settings file registers guard-hook for ConfigChange any more";
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

    private static string? WhyVoid(JsonDocument? document)
    {
        if (document is null) return "it is not plain JSON";
        if (SettingsShape.Check(document.RootElement).FirstOrDefault(static fault => fault.Voids) is not { } fault) return null;
        if (fault.Path.Length == 0) return "the document is no object";
        var parts = fault.Path.Split('/');
        return $"`{string.Join('.', parts.Skip(1).Take(parts[1] == "hooks" ? 2 : 1))}` has a wrong type";
    }

    private static IEnumerable<(string Matcher, JsonElement Handler)> Handlers(JsonElement root, string name)
    {
        if (!root.TryGetProperty("hooks", out var hooks) || !hooks.TryGetProperty(name, out var entries) || entries.ValueKind != JsonValueKind.Array) yield break;
        foreach (var entry in entries.EnumerateArray())
        {
            // Elsewhere than under PreToolUse the client drops a wrong entry alone.
            if (HookShape.FindProblem(entry, out _) is not null) continue;
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

    private static string? Weakness(string matcher, JsonElement handler, string verb)
    {
        if (matcher is not ("" or "*")) return "only for some tools";
        if (!handler.TryGetProperty("args", out var args) || args.GetArrayLength() == 0 || args[0].ValueKind != JsonValueKind.String || args[0].GetString() != verb) return $"without `{verb}` as its first argument";
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
