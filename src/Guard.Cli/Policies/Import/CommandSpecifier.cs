using System.Buffers;
using System.Text;

namespace Guard.Cli.Policies.Import;

/// <summary>
/// The client's patterns over commands as comparisons of a policy: <c>*</c> is any text, also none; a blank or a colon before the last
/// one ends at a word; without a star the command is that one. The client compares each part of a line of several commands, and so does Guard.
/// </summary>
internal static class CommandSpecifier
{
    private static readonly SearchValues<char> Operators = SearchValues.Create("|&;<>()`\n");
    private static readonly SearchValues<char> Quotes = SearchValues.Create("'\"\\$");

    public static Translation Allow(string[] actions, string pattern)
    {
        if (pattern.AsSpan().ContainsAny(Operators))
        {
            return Translation.Unsaid(PermissionList.Allow, "it holds signs that join or redirect commands, and each command of a line is compared by itself");
        }

        if (pattern.Contains('\\', StringComparison.Ordinal))
        {
            return Translation.Unsaid(PermissionList.Allow, "it holds a backslash, which quotes in the one place and not in the other");
        }

        string[] notes = pattern.AsSpan().ContainsAny(Quotes) ? ["compared with the command as Guard writes it: a word is in quotes only where it needs them"] : [];
        if (Words(pattern) is { } words)
        {
            return Translation.Said(actions, $"resource: {{ startsWith: {YamlText.Quote(words)} }}", notes);
        }

        return pattern.Contains('*', StringComparison.Ordinal)
            ? Translation.Said(actions, $"resource: {{ matches: {YamlText.Quote(Glob(pattern))} }}", notes)
            : Translation.Said(actions, $"resource: {{ equals: {YamlText.Quote(pattern)} }}", notes);
    }

    /// <summary>For what denies or asks: what holds quotes or operators is looked for anywhere in the line.</summary>
    public static Translation Against(string[] actions, string pattern)
    {
        if (pattern.AsSpan().ContainsAny(Operators) || pattern.AsSpan().ContainsAny(Quotes))
        {
            var core = (pattern.EndsWith(":*", StringComparison.Ordinal) ? pattern[..^2] : pattern).Trim('*', ' ');
            var plain = string.Concat(core.Where(c => !Quotes.Contains(c)));
            var globs = new[] { core, plain }.Where(t => t.Length > 0).Distinct().Select(t => $"*{Glob(t)}*");
            return Translation.Said(actions, $"resource: {{ matches: {YamlText.List(globs)} }}", "wider: looked for anywhere in the line, with and without its quotes");
        }

        if (Words(pattern) is { } words)
        {
            return Translation.Said(actions, $"resource: {{ startsWith: {YamlText.Quote(words)} }}");
        }

        if (!pattern.Contains('*', StringComparison.Ordinal))
        {
            return Translation.Said(actions, $"resource: {{ equals: {YamlText.Quote(pattern)} }}");
        }

        var whole = pattern.EndsWith(":*", StringComparison.Ordinal) ? pattern[..^2] + " *" : pattern;
        string[] both = whole.EndsWith(" *", StringComparison.Ordinal) ? [whole, whole[..^2]] : [whole];
        return Translation.Said(actions, $"resource: {{ matches: {YamlText.List(both.Select(Glob))} }}");
    }

    /// <summary><c>npm run:*</c> and <c>npm run *</c>: these words and whatever follows. The comparison adds the blank that a bare command lacks.</summary>
    private static string? Words(string pattern)
    {
        var words = pattern.EndsWith(":*", StringComparison.Ordinal) || pattern.EndsWith(" *", StringComparison.Ordinal) ? pattern[..^2].TrimEnd() : null;
        return words is { Length: > 0 } && !words.Contains('*', StringComparison.Ordinal) ? words + " " : null;
    }

    private static string Glob(string pattern)
    {
        var glob = new StringBuilder();
        foreach (var c in pattern)
        {
            if (c is '?' or '[' or '\\')
            {
                glob.Append('\\');
            }

            glob.Append(c);
        }

        return glob.ToString();
    }
}
