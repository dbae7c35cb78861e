using System.Globalization;
using System.Text;

namespace Guard.Client;

/// <summary>Makes text from agents and servers safe to show on a terminal.</summary>
public static class PlainText
{
    /// <summary>
    /// The text on one line. What could move the cursor, hide text or reorder it (control characters, line ends, format
    /// characters such as direction marks, lone surrogates, private use) becomes a visible escape such as <c>\u001b</c>.
    /// </summary>
    public static string OneLine(string text)
    {
        StringBuilder? built = null;
        var index = 0;
        while (index < text.Length)
        {
            var whole = Rune.TryGetRuneAt(text, index, out var rune);
            var length = whole ? rune.Utf16SequenceLength : 1;
            if (whole && IsHarmless(rune))
                built?.Append(text, index, length);
            else
            {
                built ??= new StringBuilder(text, 0, index, text.Length + 16);
                for (var i = index; i < index + length; i++)
                    built.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
            }

            index += length;
        }

        return built?.ToString() ?? text;
    }

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
