using System.Buffers;
using System.Text;

namespace Guard.Shell;

/// <summary>
/// A rough cut of a line that is not understood: pieces between blanks and metacharacters, once with quotes taken as
/// quotes and once with quotes dropped. It only ever serves denials, so a piece too many does no harm.
/// </summary>
internal static class RoughWords
{
    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t\r\n\v\f\0;&|()<>`{},$*?!");

    /// <summary>Distinct pieces in order of appearance.</summary>
    public static IReadOnlyList<string> Of(string line)
    {
        var words = new OrderedSet();
        Cut(line, words, honourQuotes: true);
        Cut(line, words, honourQuotes: false);
        return words.Items;
    }

    private static void Cut(string line, OrderedSet words, bool honourQuotes)
    {
        var word = new StringBuilder();
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && quote != '\'')
            {
                // A backslash before a line end joins the lines; before anything else the next character is literal.
                if (i + 1 < line.Length && line[i + 1] == '\n') i++;
                else if (honourQuotes && i + 1 < line.Length) word.Append(line[++i]);
            }
            else if (c is '\'' or '"')
            {
                if (!honourQuotes) continue;
                if (quote == '\0') quote = c;
                else if (quote == c) quote = '\0';
                else word.Append(c);
            }
            else if (quote == '\0' && Separators.Contains(c))
            {
                words.Add(word);
            }
            else
            {
                word.Append(c);
            }
        }

        words.Add(word);
    }

    private sealed class OrderedSet
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public List<string> Items { get; } = [];

        public void Add(StringBuilder word)
        {
            if (word.Length == 0) return;
            var text = word.ToString();
            word.Clear();
            if (_seen.Add(text)) Items.Add(text);
        }
    }
}
