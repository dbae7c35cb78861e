using System.Text.Json.Nodes;
using Guard.Agents.ClaudeCode;
using Guard.Cli.Init;
using Guard.Cli.Terminal;

namespace Guard.Cli.Doctor;

/// <summary>One of the client's settings files, and what it says of hooks.</summary>
internal sealed record SettingsLayer
{
    public required string Path { get; init; }

    /// <summary>Its file is root's, and the client takes it from nowhere else.</summary>
    public required bool IsManaged { get; init; }

    /// <summary>Null: void to the client.</summary>
    public JsonObject? Settings { get; init; }

    /// <summary>Why the client drops the file; null: it does not.</summary>
    public string? Void { get; init; }

    /// <summary>Guard's handler for tool calls.</summary>
    public JsonObject? Hook { get; init; }

    /// <summary>What weakens it, in the words of <see cref="SettingsJudge"/>.</summary>
    public string? Weakness { get; init; }

    /// <summary>Handlers for tool calls that are not Guard's, as people know them.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    public bool Disables => Flag("disableAllHooks");

    public bool ManagedOnly => IsManaged && Flag("allowManagedHooksOnly");

    public IEnumerable<string> Variables => Settings?["env"] is JsonObject environment ? environment.Select(pair => pair.Key) : [];

    private bool Flag(string name) => Settings?[name] is JsonValue value && value.TryGetValue<bool>(out var on) && on;

    /// <summary>The files that the client reads here, the strongest first; those that exist.</summary>
    public static IReadOnlyList<SettingsLayer> ReadAll(CliContext context)
    {
        var moved = context.Environment("CLAUDE_CONFIG_DIR");
        var user = string.IsNullOrEmpty(moved) ? System.IO.Path.Combine(context.Home, ".claude") : context.Resolve(moved);
        var project = System.IO.Path.Combine(context.CurrentDirectory, ".claude");
        return
        [
            .. OffSwitches.ManagedFiles(context.ManagedSettingsFolder).Select(path => Read(path, isManaged: true)).OfType<SettingsLayer>(),
            .. new[] { System.IO.Path.Combine(project, "settings.local.json"), System.IO.Path.Combine(project, "settings.json"), System.IO.Path.Combine(user, "settings.json") }
                .Distinct(StringComparer.Ordinal).Select(path => Read(path, isManaged: false)).OfType<SettingsLayer>(),
        ];
    }

    private static SettingsLayer? Read(string path, bool isManaged)
    {
        byte[]? bytes;
        try
        {
            bytes = SettingsFile.Open(path).Bytes;
        }
        catch (CliException e)
        {
            return new SettingsLayer { Path = path, IsManaged = isManaged, Void = e.Message };
        }

        if (bytes is null) return null;
        var text = SettingsText.Read(bytes);
        var defect = text.Defects.Concat(SettingsCheck.Of(text).Defects).FirstOrDefault();
        if (defect is not null || text.Root is not { } root)
            return new SettingsLayer { Path = path, IsManaged = isManaged, Void = defect is null ? "it is no object" : $"line {defect.Line}, column {defect.Column}: {defect.Message}" };

        var handlers = root["hooks"]?[HookEvents.PreToolUse] is JsonArray matchers
            ? matchers.OfType<JsonObject>().SelectMany(matcher => matcher["hooks"] is JsonArray list ? list.OfType<JsonObject>() : []).ToList()
            : [];
        var own = handlers.FirstOrDefault(HookRegistrations.IsOwn);
        return new SettingsLayer
        {
            Path = path,
            IsManaged = isManaged,
            Settings = root,
            Hook = own,
            Weakness = own is null || root["disableAllHooks"] is not null ? null : SettingsJudge.WhyDisarmed([new SettingsContent(path, bytes)], path),
            Others = [.. handlers.Where(handler => !HookRegistrations.IsOwn(handler)).Select(Name)],
        };
    }

    private static string Name(JsonObject handler) =>
        (handler["command"] ?? handler["url"] ?? handler["tool"] ?? handler["type"])?.ToString() ?? "a hook";
}
