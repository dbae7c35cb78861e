namespace Guard.Shell.Effects;

/// <summary>
/// Subcommands that a description speaks of together: words, blanks between nested ones; <c>*</c> stands for any text within a word and <c>**</c> for
/// any number of words. Work is bounded by the product of both lengths.
/// </summary>
internal sealed class SubcommandPattern
{
    private readonly string[] _words;

    private SubcommandPattern(string[] words) => _words = words;

    /// <summary>Reads patterns that are joined by commas.</summary>
    public static IEnumerable<SubcommandPattern> Parse(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(pattern => new SubcommandPattern(pattern.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    public bool IsMatch(IReadOnlyList<string> subcommand)
    {
        bool[] reached = new bool[subcommand.Count + 1];
        reached[0] = true;
        foreach (string word in _words)
        {
            bool[] next = new bool[subcommand.Count + 1];
            for (int i = 0; i <= subcommand.Count; i++)
            {
                if (word == "**")
                {
                    next[i] = reached[i] || (i > 0 && next[i - 1]);
                }
                else if (i > 0 && reached[i - 1])
                {
                    next[i] = Fits(word, subcommand[i - 1]);
                }
            }

            reached = next;
        }

        return reached[^1];
    }

    private static bool Fits(string pattern, string word)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return word == pattern;
        }

        if (word.Length < pattern.Length - (parts.Length - 1) || !word.StartsWith(parts[0], StringComparison.Ordinal) || !word.EndsWith(parts[^1], StringComparison.Ordinal))
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
