using System.Text;
using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>Joins words into one text from which they can be read back; what is not known stands outside quotes.</summary>
public static class WordSpelling
{
    /// <param name="words">The words.</param>
    /// <param name="text">Where it is put together; empty before and after.</param>
    internal static string Join(IReadOnlyList<Argument> words, StringBuilder text)
    {
        for (var i = 0; i < words.Count; i++)
        {
            if (i > 0)
                text.Append(' ');
            Append(text, words[i]);
        }

        var joined = text.ToString();
        text.Clear();
        return joined;
    }

    /// <summary>A text as one word of a line, quoted where it needs it.</summary>
    public static string Quoted(string text)
    {
        var word = new StringBuilder();
        NormalForm.Append(word, text);
        return word.ToString();
    }

    /// <summary>For people and records: <c>?</c> where something is missing.</summary>
    internal static string Plain(string text) => text.Replace(Argument.Hole, '?');

    private static void Append(StringBuilder text, Argument word)
    {
        switch (word.Form)
        {
            case ArgumentForm.Known:
                NormalForm.Append(text, word.Text);
                break;
            case ArgumentForm.Words:
                text.Append("?*");
                break;
            case ArgumentForm.Within:
                AppendParts(text, word.Text.TrimEnd('/') + "/");
                text.Append('?');
                break;
            default:
                AppendParts(text, word.Text);
                break;
        }
    }

    private static void AppendParts(StringBuilder text, string word)
    {
        var parts = word.Split(Argument.Hole);
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0)
                text.Append('?');
            if (parts[i].Length > 0)
                NormalForm.Append(text, parts[i]);
        }
    }
}
