using System.Buffers;
using System.Text;
using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Words that mean themselves, which are most: no expansion of any kind stands in them.</summary>
internal static class PlainWord
{
    /// <summary>What unquoted text may hold that is not simply taken over: braces, tildes, patterns, and the dollar and backslash that a reader left in it.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create("{}~*?[]\\$`");

    /// <summary>The text without its quotes; null if the word needs expansion.</summary>
    public static string? Text(Word word)
    {
        if (word.Parts is [var only])
            return Text(only);
        if (word.Parts.IsEmpty)
            return null;
        foreach (var part in word.Parts)
        {
            if (Text(part) is null)
                return null;
        }

        var text = new StringBuilder();
        foreach (var part in word.Parts)
            text.Append(Text(part));
        return text.ToString();
    }

    private static string? Text(WordPart part) => part switch
    {
        LiteralPart { Text: var text } => text.Length == 0 || text.AsSpan().ContainsAny(Special) ? null : text,
        QuotedPart { Text: var text } => text,
        DoubleQuotedPart { Translated: false, Parts: [LiteralPart { Text: var text }] } => text,
        DoubleQuotedPart { Translated: false, Parts: [] } => "",
        _ => null,
    };
}
