using System.Collections.Frozen;

namespace Guard.Policy.Tools;

/// <summary>What a short name such as <c>bash</c> or <c>write</c> stands for: tools and accesses by their actions.</summary>
internal enum ToolFamily
{
    /// <summary>No short name: a tool by its own name.</summary>
    None,
    Shell,
    Read,

    /// <summary>Everything that writes or deletes files.</summary>
    Write,

    /// <summary>The tools that change a file in place, and what is written otherwise.</summary>
    Edit,
    WebFetch,
    WebSearch,
    Browser,
    Agent,
}

/// <summary>The short names, and which accesses belong to each.</summary>
internal static class ToolFamilies
{
    private static readonly FrozenDictionary<string, ToolFamily> Names = new Dictionary<string, ToolFamily>(StringComparer.OrdinalIgnoreCase)
    {
        ["bash"] = ToolFamily.Shell,
        ["shell"] = ToolFamily.Shell,
        ["exec"] = ToolFamily.Shell,
        ["read"] = ToolFamily.Read,
        ["write"] = ToolFamily.Write,
        ["edit"] = ToolFamily.Edit,
        ["multiedit"] = ToolFamily.Edit,
        ["notebookedit"] = ToolFamily.Edit,
        ["notebook_edit"] = ToolFamily.Edit,
        ["webfetch"] = ToolFamily.WebFetch,
        ["web_fetch"] = ToolFamily.WebFetch,
        ["fetch"] = ToolFamily.WebFetch,
        ["websearch"] = ToolFamily.WebSearch,
        ["web_search"] = ToolFamily.WebSearch,
        ["browser"] = ToolFamily.Browser,
        ["agent"] = ToolFamily.Agent,
        ["task"] = ToolFamily.Agent,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Editors = new[] { "Edit", "MultiEdit", "NotebookEdit" }.ToFrozenSet(StringComparer.Ordinal);

    public static ToolFamily Of(string name) => Names.GetValueOrDefault(name);

    /// <summary>Whether a call is one of the family's, by its tool where that is stated and by its own access.</summary>
    public static bool HoldsCall(ToolFamily family, string? tool, string action) => family switch
    {
        ToolFamily.Edit => tool is null ? action == "write:file" : Editors.Contains(tool),
        ToolFamily.Write => action is "write:file" or "delete:file",
        _ => HoldsAccess(family, action),
    };

    /// <summary>Whether an access that another tool causes is judged by the family's entry as well.</summary>
    public static bool HoldsAccess(ToolFamily family, string action) => family switch
    {
        ToolFamily.Shell => action == "execute:shell",
        ToolFamily.Read => action == "read:file",
        ToolFamily.Write or ToolFamily.Edit => action is "write:file" or "delete:file",
        ToolFamily.WebFetch => action == "read:web_fetch",
        ToolFamily.WebSearch => action == "read:web_search",
        ToolFamily.Browser => action == "read:web_browse",
        ToolFamily.Agent => action == "delegate:agent",
        _ => false,
    };

    /// <summary>Whether the family's conditions can forbid an access that its allow does not cover: uploads, for the entries about the web.</summary>
    public static bool OnlyForbids(ToolFamily family, string action) => family is ToolFamily.WebFetch or ToolFamily.Browser && action == "write:web";
}
