using System.Buffers;
using System.Text;

namespace Guard.Shell;

/// <summary>Joins words into one text from which they can be read back.</summary>
internal static class NormalForm
{
    private static readonly SearchValues<char> BareCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-~^]");

    /// <summary><paramref name="program"/> and then all but the first of <paramref name="words"/>.</summary>
    public static string Join(string program, List<string> words)
    {
        var text = new StringBuilder();
        Append(text, program);
        for (var i = 1; i < words.Count; i++)
        {
            text.Append(' ');
            Append(text, words[i]);
        }

        return text.ToString();
    }

    /// <summary>One word, quoted where it needs it.</summary>
    public static void Append(StringBuilder text, string word)
    {
        if (IsBare(word))
        {
            text.Append(word);
            return;
        }

        text.Append('\'');
        foreach (var c in word)
        {
            if (c == '\'') text.Append("'\\''");
            else text.Append(c);
        }

        text.Append('\'');
    }

    private static bool IsBare(string word) =>
        word.Length > 0 && word[0] is not ('~' or '=' or '^' or '%') && word.AsSpan().IndexOfAnyExcept(BareCharacters) < 0;
}
