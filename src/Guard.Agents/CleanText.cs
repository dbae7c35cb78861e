using System.Text;

namespace Guard.Agents;

/// <summary>Makes untrusted text safe for a terminal, a log line and a page.</summary>
public static class CleanText
{
    /// <summary>
    /// The text on one line: control characters, line separators, direction marks and halves of surrogate pairs become
    /// blanks; longer texts are cut and end in <c>…</c>.
    /// </summary>
    public static string OneLine(string text, int maxLength = 4000)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxLength));
        for (var i = 0; i < text.Length && clean.Length < maxLength; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                var isPair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
                if (isPair) clean.Append(text[i++]).Append(text[i]);
                else clean.Append(' ');
            }
            else
            {
                clean.Append(IsHarmful(text[i]) ? ' ' : text[i]);
            }
        }

        if (text.Length > maxLength) clean.Append('…');
        return clean.ToString();
    }

    private static bool IsHarmful(char c) =>
        char.IsControl(c) || c is '\u2028' or '\u2029' or '\u200e' or '\u200f' or '\u061c' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff';
}
