using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>Expands what stands in <c>[[ ]]</c>, and evaluates what bash would evaluate as arithmetic.</summary>
internal static class ConditionWalk
{
    public static void Visit(Condition condition, WordExpander expander, ImmutableArray<ExpandedField>.Builder words)
    {
        switch (condition)
        {
            case NotCondition not:
                words.Add(new ExpandedField.Known("!"));
                Visit(not.Inner, expander, words);
                break;
            case GroupedCondition grouped:
                Visit(grouped.Inner, expander, words);
                break;
            case AndOrCondition pair:
                Visit(pair.Left, expander, words);
                words.Add(new ExpandedField.Known(pair.IsAnd ? "&&" : "||"));
                Visit(pair.Right, expander, words);
                break;
            case WordCondition word:
                words.Add(expander.ExpandText(word.Word));
                break;
            case UnaryCondition unary:
                words.Add(new ExpandedField.Known(unary.Operator));
                words.Add(unary.Operator is "-v" or "-R" ? ExpandVariableName(unary.Operand, expander) : expander.ExpandText(unary.Operand));
                break;
            case BinaryCondition binary when binary.Operator is "-eq" or "-ne" or "-lt" or "-le" or "-gt" or "-ge":
                words.Add(ExpandNumber(binary.Left, expander));
                words.Add(new ExpandedField.Known(binary.Operator));
                words.Add(ExpandNumber(binary.Right, expander));
                break;
            case BinaryCondition binary:
                words.Add(expander.ExpandText(binary.Left));
                words.Add(new ExpandedField.Known(binary.Operator));
                words.Add(expander.ExpandText(binary.Right));
                break;
        }
    }

    private static ExpandedField ExpandNumber(Word word, WordExpander expander) =>
        expander.Evaluate(word) is { } value ? new ExpandedField.Known(value.ToString(System.Globalization.CultureInfo.InvariantCulture)) : new ExpandedField.Partial("", "");

    /// <summary><c>-v name[subscript]</c> evaluates the subscript: only a plain name is harmless.</summary>
    private static ExpandedField ExpandVariableName(Word word, WordExpander expander)
    {
        var name = expander.ExpandText(word);
        if (name is not ExpandedField.Known { Text: var text } || !Characters.IsName(text))
            expander.Evaluate(new Word(word.Span, [new LiteralPart(word.Span, "[")]));
        return name;
    }
}
