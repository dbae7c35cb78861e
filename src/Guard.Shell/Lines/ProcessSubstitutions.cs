using System.Text;
using Guard.Shell.Expansion;

namespace Guard.Shell.Lines;

/// <summary>Tells the name of a pipe that bash makes for <c>&lt;( )</c> from other words that begin alike.</summary>
internal static class ProcessSubstitutions
{
    /// <summary>Stands for the name, of which only the beginning is certain.</summary>
    public const string Name = "/dev/fd/63";

    public static bool IsOne(ExpandedField field, string written) => field is ExpandedField.Partial { Prefix: "/dev/fd/", Suffix: "" } && IsOnlyCause(written);

    /// <summary>Besides such substitutions nothing in the text could make a word that is not known.</summary>
    private static bool IsOnlyCause(string written)
    {
        var outside = new StringBuilder();
        var depth = 0;
        var quote = '\0';
        for (var i = 0; i < written.Length; i++)
        {
            var c = written[i];
            if (depth == 0)
            {
                if (c is '<' or '>' && i + 1 < written.Length && written[i + 1] == '(')
                {
                    depth = 1;
                    i++;
                    continue;
                }

                outside.Append(c);
                continue;
            }

            // Parentheses that do not count, or that have no partner, cannot be told apart by counting.
            if (c is '\\' or '#' || (quote != '\0' && c is '(' or ')'))
                return false;
            if (quote != '\0' ? c == quote : c is '\'' or '"')
                quote = quote == '\0' ? c : '\0';
            else if (quote == '\0' && c is '(' or ')')
                depth += c == '(' ? 1 : -1;
        }

        return depth == 0 && !written.Contains("esac", StringComparison.Ordinal) && outside.ToString().AsSpan().IndexOfAny("$`*?[") < 0;
    }
}
