using System.Collections.Immutable;
using Guard.Policy.Matching;

namespace Guard.Policy.Documents;

/// <summary>The actions that exist, and the older tool names that mean one of them.</summary>
internal static class ActionCatalogue
{
    private const string Invoke = "invoke:";

    public static ImmutableArray<string> Known { get; } =
    [
        "read:file", "write:file", "delete:file", "read:env", "execute:shell", "execute:code", "execute:opaque",
        "read:web_search", "read:web_fetch", "read:web_browse", "write:web", "connect:network", "delegate:agent",
    ];

    private static readonly ImmutableArray<(string Tool, string Action)> OlderTools =
    [
        ("bash", "execute:shell"), ("exec", "execute:shell"), ("monitor", "execute:shell"), ("read", "read:file"), ("write", "write:file"),
        ("edit", "write:file"), ("multiedit", "write:file"), ("notebookedit", "write:file"), ("webfetch", "read:web_fetch"),
        ("web_fetch", "read:web_fetch"), ("websearch", "read:web_search"), ("web_search", "read:web_search"), ("browser", "read:web_browse"),
        ("agent", "delegate:agent"), ("task", "delegate:agent"),
    ];

    /// <summary>The action that a tool's name stands for, or null.</summary>
    public static string? OfTool(string tool)
    {
        var name = tool.StartsWith(Invoke, StringComparison.OrdinalIgnoreCase) ? tool[Invoke.Length..] : tool;
        return OlderTools.FirstOrDefault(t => t.Tool.Equals(name, StringComparison.OrdinalIgnoreCase)).Action;
    }

    /// <summary>Whether a pattern can match any action at all.</summary>
    public static bool CanMatch(string pattern, ActionPattern compiled) =>
        pattern.StartsWith(Invoke, StringComparison.Ordinal) || Known.Any(a => compiled.Covers(a, generous: false)) || compiled.Covers(Invoke + "x", generous: false);

    /// <summary>The kinds of resource that a pattern's actions can have.</summary>
    public static ResourceKinds Kinds(ActionPattern compiled)
    {
        var kinds = Known.Where(a => compiled.IsMatch(a, subtree: false, generous: true)).Aggregate(ResourceKinds.None, (k, a) => k | ResourceKindOf.Action(a));
        return kinds == ResourceKinds.None || compiled.Covers(Invoke + "x", generous: true) ? kinds | ResourceKinds.Text : kinds;
    }
}
