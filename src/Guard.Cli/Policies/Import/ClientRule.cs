namespace Guard.Cli.Policies.Import;

/// <summary>One entry of the client's permission lists: <c>Tool</c> or <c>Tool(specifier)</c>.</summary>
/// <param name="List">Where it stands.</param>
/// <param name="Index">In its list, from 0.</param>
/// <param name="Text">As it stands there; untrusted.</param>
/// <param name="Tool">The client's name of the tool.</param>
/// <param name="Specifier">Null: every call of the tool. <c>*</c> and nothing between the brackets mean the same to the client.</param>
internal sealed record ClientRule(PermissionList List, int Index, string Text, string Tool, string? Specifier)
{
    private const int MaxLength = 1024;

    /// <summary>The place in the file, as people write it.</summary>
    public string Place => $"permissions.{List.Key()}[{Index}]";

    /// <summary>Parses, or says in <paramref name="problem"/> why the text is no rule.</summary>
    public static ClientRule? Parse(PermissionList list, int index, string text, out string? problem)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var tool = open < 0 ? text : text[..open];
        problem = text.Length > MaxLength ? $"it has more than {MaxLength} characters"
            : text.Any(char.IsControl) ? "it holds control characters"
            : tool.Length == 0 || tool.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or ':' or '*')) ? "a rule begins with the name of a tool"
            : open >= 0 && !text.EndsWith(')') ? "its bracket is not closed"
            : null;
        if (problem is not null)
        {
            return null;
        }

        var specifier = open < 0 ? null : text[(open + 1)..^1].Trim();
        return new ClientRule(list, index, text, tool, specifier is "" or "*" ? null : specifier);
    }
}
