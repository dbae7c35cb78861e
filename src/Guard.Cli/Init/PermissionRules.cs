using System.Text.Json;
using System.Text.Json.Nodes;

namespace Guard.Cli.Init;

/// <summary>
/// The client's own <c>permissions.allow</c>. With these rules it does not ask about what Guard has let through; Guard's
/// denials hold all the same, because hooks are asked first.
/// </summary>
internal static class PermissionRules
{
    /// <summary>Tools that the client would ask about. MCP tools need a rule per server, which nobody can know beforehand.</summary>
    public static readonly IReadOnlyList<string> Tools =
        ["Bash", "Edit", "Glob", "Grep", "Monitor", "NotebookEdit", "Read", "Skill", "WebFetch", "WebSearch", "Write"];

    /// <returns>The rules that were not there yet, and the containers that had to be made.</returns>
    public static (IReadOnlyList<string> Added, IReadOnlyList<string> Made) Add(JsonObject settings)
    {
        var made = new List<string>();
        if (settings["permissions"] is not JsonObject permissions)
        {
            settings["permissions"] = permissions = [];
            made.Add("/permissions");
        }

        if (permissions["allow"] is not JsonArray allow)
        {
            permissions["allow"] = allow = [];
            made.Add("/permissions/allow");
        }

        var present = allow.Where(IsText).Select(n => n!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        var added = Tools.Where(t => !present.Contains(t)).ToList();
        foreach (var tool in added) allow.Add((JsonNode)tool);
        return (added, made);
    }

    public static void Remove(JsonObject settings, IReadOnlyCollection<string> rules, Func<string, bool> mayRemove)
    {
        if (settings["permissions"] is not JsonObject permissions || permissions["allow"] is not JsonArray allow || rules.Count == 0) return;
        foreach (var rule in rules)
        {
            // One of each: a second one was put there by somebody else.
            if (allow.FirstOrDefault(n => IsText(n) && n!.GetValue<string>() == rule) is { } node) allow.Remove(node);
        }

        if (allow.Count == 0 && mayRemove("/permissions/allow")) permissions.Remove("allow");
        if (permissions.Count == 0 && mayRemove("/permissions")) settings.Remove("permissions");
    }

    private static bool IsText(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String;
}
