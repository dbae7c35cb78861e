namespace Guard.Shell.Effects;

/// <summary>
/// Subcommands that a description speaks of together: words, blanks between nested ones; <c>*</c> stands for any text within a word and <c>**</c> for
/// any number of words. Work is bounded by the product of both lengths, and a pattern without <c>**</c> is settled by its first words.
/// </summary>
internal sealed class SubcommandPattern
{
    private const string AnyWords = "**";

    private readonly string[] _words;
    private readonly string[]?[] _parts;
    private readonly bool _hasAnyWords;

    private SubcommandPattern(string[] words)
    {
        _words = words;
        _parts = Array.ConvertAll(words, word => word.Contains('*') ? word.Split('*') : null);
        _hasAnyWords = Array.IndexOf(words, AnyWords) >= 0;
    }

    /// <summary>Reads patterns that are joined by commas.</summary>
    public static IEnumerable<SubcommandPattern> Parse(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(pattern => new SubcommandPattern(pattern.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    public bool IsMatch(IReadOnlyList<string> subcommand)
    {
        if (!_hasAnyWords && _words.Length != subcommand.Count)
        {
            return false;
        }

        int word = 0;
        int at = 0;
        int lastAny = -1;
        int resume = 0;
        while (at < subcommand.Count)
        {
            if (word < _words.Length && _words[word] == AnyWords)
            {
                lastAny = word++;
                resume = at;
            }
            else if (word < _words.Length && Fits(word, subcommand[at]))
            {
                word++;
                at++;
            }
            else if (lastAny >= 0)
            {
                word = lastAny + 1;
                at = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (word < _words.Length && _words[word] == AnyWords)
        {
            word++;
        }

        return word == _words.Length;
    }

    private bool Fits(int index, string word)
    {
        if (_parts[index] is not { } parts)
        {
            return word == _words[index];
        }

        if (word.Length < _words[index].Length - (parts.Length - 1) || !word.StartsWith(parts[0], StringComparison.Ordinal) || !word.EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        int at = parts[0].Length;
        int end = word.Length - parts[^1].Length;
        for (int i = 1; i < parts.Length - 1; i++)
        {
            int found = word.IndexOf(parts[i], at, end - at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + parts[i].Length;
        }

        return true;
    }
}
