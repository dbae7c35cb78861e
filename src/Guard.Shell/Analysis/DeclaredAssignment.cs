using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>An operand <c>name=value</c> or <c>name+=value</c> of <c>declare</c> and its like.</summary>
internal sealed record DeclaredAssignment(string Name, string Prefix, bool Append, Word Value)
{
    /// <summary>What the field of an operand ends with whose value is written as an array: a text that no word of a line has.</summary>
    public const string ArrayEnd = "\uFDD1";

    /// <summary>Null if the word is not an assignment that is written plainly.</summary>
    public static DeclaredAssignment? TrySplit(Word word)
    {
        if (word.Parts is not [LiteralPart literal, .. var rest] || literal.Text.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var sign))
            return null;
        var append = literal.Text[sign - 1] == '+';
        var name = literal.Text[..(append ? sign - 1 : sign)];
        if (!Characters.IsName(name))
            return null;
        var text = literal.Text[(sign + 1)..];
        var value = text.Length == 0 ? new Word(word.Span, rest) : new Word(word.Span, rest.Insert(0, new LiteralPart(literal.Span, text)));
        return new DeclaredAssignment(name, literal.Text[..(sign + 1)], append, value);
    }
}
