using System.Globalization;
using System.Text;

namespace Guard.Protocol;

/// <summary>Makes untrusted text fit to be shown on a terminal, in a log or on a page. Hook and gateway use the same.</summary>
public static class DisplayText
{
    /// <summary>
    /// Line breaks and tabs become a blank; all other control and format characters (C0, C1, ESC, bidirectional controls,
    /// invisible tags) vanish; unpaired surrogates become U+FFFD; longer text is cut and ends in an ellipsis.
    /// </summary>
    /// <param name="text">Untrusted.</param>
    /// <param name="maxChars">Most characters of the answer, the ellipsis included.</param>
    public static string Clean(string text, int maxChars = 4000)
    {
        if (text.Length <= maxChars && IsClean(text))
        {
            return text;
        }

        var cleaned = new StringBuilder(Math.Min(text.Length, maxChars));
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleaned.Length + rune.Utf16SequenceLength >= maxChars)
            {
                return cleaned.Append('…').ToString();
            }

            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator:
                    cleaned.Append(' ');
                    break;
                case UnicodeCategory.Control:
                    if (rune.Value is '\n' or '\r' or '\t' or 0x85)
                    {
                        cleaned.Append(' ');
                    }

                    break;
                case UnicodeCategory.Format:
                    break;
                default:
                    cleaned.Append(rune.ToString());
                    break;
            }
        }

        return cleaned.ToString();
    }

    private static bool IsClean(string text)
    {
        foreach (var rune in text.AsSpan().EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return false;
            }
        }

        return true;
    }
}
