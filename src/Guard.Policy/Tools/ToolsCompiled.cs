using System.Collections.Immutable;
using Guard.Policy.Compilation;

namespace Guard.Policy.Tools;

/// <summary>The entries of a document of the tools dialect, ready to be evaluated. Immutable.</summary>
/// <param name="Entries">In the order of the document, which means nothing.</param>
/// <param name="Unlisted">What holds for tools without an entry. Null: no opinion.</param>
internal sealed record ToolsCompiled(ImmutableArray<ToolEntry> Entries, RuleCompiled? Unlisted);

/// <summary>An entry of <c>tools</c>.</summary>
/// <param name="Name">As written.</param>
/// <param name="Family">What the name stands for.</param>
/// <param name="Server">The MCP server, <c>*</c> for any; null: not an MCP tool.</param>
/// <param name="Conditions">In order: the first that matches decides.</param>
/// <param name="Otherwise">What holds where none matches.</param>
internal sealed record ToolEntry(string Name, ToolFamily Family, string? Server, ImmutableArray<ToolCondition> Conditions, RuleCompiled Otherwise)
{
    private const string Mcp = "mcp__";

    /// <summary>Whether a call is one of the entry's. Names compare without case, so that no spelling passes a deny by.</summary>
    /// <param name="tool">As the client spells it; null where only an access is known.</param>
    /// <param name="action">Of the call's own access.</param>
    public bool HoldsCall(string? tool, string action)
    {
        if (Server is null && Family != ToolFamily.None)
        {
            return ToolFamilies.HoldsCall(Family, tool, action);
        }

        var name = NameOf(tool, action);
        return name is not null && (Server is null ? Same(name, Name) : IsOfServer(name));
    }

    /// <summary>Whether the call's tool is spelled as the entry has it. MCP servers may tell tools apart by case, so an allow must not.</summary>
    public bool NamesExactly(string? tool, string action) =>
        (Server is null && Family != ToolFamily.None)
        || NameOf(tool, action) is not { } name || !name.StartsWith(Mcp, StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(Name, StringComparison.Ordinal);

    // A tool of its own name is in its action as well.
    private static string? NameOf(string? tool, string action) =>
        tool ?? (action.StartsWith("invoke:", StringComparison.Ordinal) ? action["invoke:".Length..] : null);

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private bool IsOfServer(string name)
    {
        if (Same(name, Name))
        {
            return name.StartsWith(Mcp, StringComparison.OrdinalIgnoreCase);
        }

        return Server == "*"
            ? name.StartsWith(Mcp, StringComparison.OrdinalIgnoreCase) && name.EndsWith("__" + Name, StringComparison.OrdinalIgnoreCase)
            : Same(name, $"{Mcp}{Server}__{Name}");
    }
}

/// <summary>A condition of an entry.</summary>
/// <param name="When">The expression.</param>
/// <param name="Rule">What holds where it matches.</param>
/// <param name="Message">Null: no message.</param>
internal sealed record ToolCondition(WhenTest When, RuleCompiled Rule, MessageTemplate? Message)
{
    /// <summary>Whether the outcome depends on the call's input.</summary>
    public bool ReadsInput => When.Program.Reads.Contains("args") || When.ReadsResource;
}
