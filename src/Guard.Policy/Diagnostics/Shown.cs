using System.Globalization;
using System.Text;

namespace Guard.Policy.Diagnostics;

/// <summary>Untrusted text in a form that may stand in a message: no control or formatting characters, cut to length.</summary>
internal static class Shown
{
    private const int MaxCharacters = 200;

    /// <summary>Characters that a terminal, a log or a page could act on become U+FFFD; long text is cut and says so.</summary>
    public static string Text(string untrusted, int maxCharacters = MaxCharacters)
    {
        // Most texts can stand as they are.
        if (untrusted.Length <= maxCharacters && !untrusted.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return untrusted;
        }

        var builder = new StringBuilder(Math.Min(untrusted.Length, maxCharacters) + 1);
        foreach (var rune in untrusted.EnumerateRunes())
        {
            if (builder.Length >= maxCharacters)
            {
                return builder.Append('…').ToString();
            }

            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
            {
                builder.Append('\uFFFD');
            }
            else
            {
                builder.Append(rune.ToString());
            }
        }

        return builder.ToString();
    }
}
