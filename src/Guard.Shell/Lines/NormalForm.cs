using System.Buffers;
using System.Text;

namespace Guard.Shell.Lines;

/// <summary>How one word stands in a text from which it can be read back.</summary>
internal static class NormalForm
{
    private static readonly SearchValues<char> BareCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-~^]");

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
