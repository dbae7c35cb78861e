using System.Globalization;
using System.Text;
using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Evaluates parameter expansions over what is known.</summary>
internal sealed class ParameterExpander(PartExpander words, IExpansionObserver observer, ExpansionLimits limits)
{
    public void Expand(ParameterPart part, bool quoted, List<Segment> output)
    {
        if (Characters.IsNameStart(part.Name[0]))
            observer.ReadVariable(part.Name, part.Span);
        if (part.Operator == ParameterOperator.Keys && List(part) is not null)
        {
            ExpandList(part, quoted, output);
            return;
        }

        if (part.Indirect || part.Operator is ParameterOperator.Keys or ParameterOperator.NamesWithPrefix)
        {
            if (part.Indirect)
                observer.Report(ExpansionHazard.Indirection, part.Span);
            VisitOperands(part);
            output.Add(Segment.Unknown(quoted: false));
            return;
        }

        if (part.Name is "@" or "*" || part.Subscript?.LiteralText is "@" or "*")
        {
            ExpandList(part, quoted, output);
            return;
        }

        ExpandScalar(part, quoted, output);
    }

    private void ExpandList(ParameterPart part, bool quoted, List<Segment> output)
    {
        var elements = List(part);
        var joins = part.Name == "*" || part.Subscript?.LiteralText == "*";
        if (part.Operator == ParameterOperator.Length && elements is not null)
        {
            output.Add(Segment.Value(elements.Count.ToString(CultureInfo.InvariantCulture), quoted));
            return;
        }

        if (part.Operator == ParameterOperator.Length)
        {
            output.Add(words.Number(quoted));
            return;
        }

        if (part.Operator is not (ParameterOperator.Value or ParameterOperator.Keys) || elements is null || !words.State.DefaultSplitting)
        {
            VisitOperands(part);
            ReportPrompt(part, null);

            // What an operator makes of "$*" bash sometimes leaves apart: beside a "$@" in the same quotes.
            output.Add(Segment.Unknown(quoted && joins && part.Operator == ParameterOperator.Value));
            return;
        }

        if (quoted && joins)
        {
            output.Add(new Segment(SegmentKind.Quoted, string.Join(' ', elements)));
            return;
        }

        if (elements.Count == 0)
            output.Add(Segment.Nothing);
        for (var i = 0; i < elements.Count; i++)
        {
            if (i > 0)
                output.Add(Segment.Break);
            output.Add(Segment.Value(elements[i], quoted));
        }
    }

    private IReadOnlyList<string>? List(ParameterPart part)
    {
        if (part.Name is "@" or "*")
            return words.State.Positionals;
        var keys = part.Operator == ParameterOperator.Keys;
        return words.State[part.Name] switch
        {
            ShellValue.Scalar scalar => [keys ? "0" : scalar.Text],
            ShellValue.IndexedArray array when keys => [.. array.Elements.Keys.Select(static k => k.ToString(CultureInfo.InvariantCulture))],
            ShellValue.IndexedArray array => [.. array.Elements.Values],
            var value when ReferenceEquals(value, ShellValue.Unset) => [],
            _ => null,
        };
    }

    private void ExpandScalar(ParameterPart part, bool quoted, List<Segment> output)
    {
        var value = Scalar(part);
        var text = (value as ShellValue.Scalar)?.Text;
        var isUnset = ReferenceEquals(value, ShellValue.Unset);
        switch (part.Operator)
        {
            case ParameterOperator.Default or ParameterOperator.AssignDefault or ParameterOperator.Alternate or ParameterOperator.Require:
                ExpandConditional(part, text, isUnset, quoted, output);
                return;
            case ParameterOperator.Value when isUnset:
                output.Add(Segment.Value("", quoted));
                return;
        }

        var current = isUnset ? "" : text;
        ReportPrompt(part, current);
        if (current is null)
            VisitOperands(part);
        if (current is null && (part.Operator == ParameterOperator.Length || (part.Operator == ParameterOperator.Value && value.IsTame)))
        {
            output.Add(part.Operator == ParameterOperator.Length || ReferenceEquals(value, ShellValue.Number) ? words.Number(quoted) : Segment.Tame(quoted));
            return;
        }

        var result = current is null ? null : Apply(part, current, isUnset, quoted);
        output.Add(result is null || result.Length > limits.TextLength ? Segment.Unknown(quoted) : Segment.Value(result, quoted));
    }

    private ShellValue Scalar(ParameterPart part)
    {
        var state = words.State;
        if (char.IsAsciiDigit(part.Name[0]))
        {
            if (part.Name.Length > 4 || !int.TryParse(part.Name, CultureInfo.InvariantCulture, out var number) || number == 0 || state.Positionals is not { } positionals)
                return ShellValue.Unknown;
            return number <= positionals.Length ? ShellValue.Of(positionals[number - 1]) : ShellValue.Unset;
        }

        if (part.Name == "#")
            return state.Positionals is { } all ? ShellValue.Of(all.Length.ToString(CultureInfo.InvariantCulture)) : ShellValue.Number;
        if (part.Name is "?" or "$")
            return ShellValue.Number;
        if (part.Name == "!")
            return ShellValue.Tame;
        if (!Characters.IsNameStart(part.Name[0]))
            return ShellValue.Unknown;
        var value = state[part.Name];
        long? index = 0;
        if (part.Subscript is { } subscript)
        {
            // An associative array would take the text as it is; only known indexed values get further than here.
            index = words.Evaluate(subscript, part.Span);
            value = words.State[part.Name];
        }

        return value switch
        {
            ShellValue.IndexedArray array when index is >= 0 => array.Elements.TryGetValue(index.Value, out var element) ? ShellValue.Of(element) : ShellValue.Unset,
            ShellValue.IndexedArray => ShellValue.Unknown,
            ShellValue.Scalar when index == 0 => value,
            ShellValue.Scalar when index > 0 => ShellValue.Unset,
            ShellValue.Scalar => ShellValue.Unknown,
            _ => index is null ? ShellValue.Unknown : value,
        };
    }

    private void ExpandConditional(ParameterPart part, string? text, bool isUnset, bool quoted, List<Segment> output)
    {
        if (text is null && !isUnset)
        {
            // Whether the word is used is not known: what runs in it may run, what it assigns may be assigned.
            var before = words.State;
            var other = words.ExpandOperand(part.Operand!, quoted);
            var alternative = FieldBuilder.Join(other, limits);
            words.State = before.Join(words.State);
            var isTame = part.Subscript is null && Scalar(part).IsTame && (alternative is ExpandedField.Known { Text: var tame } ? ShellValue.Of(tame).IsTame : alternative is ExpandedField.Partial { IsTame: true });
            if (part.Operator == ParameterOperator.AssignDefault)
            {
                if (words.State.Integers.Contains(part.Name))
                    observer.Report(ExpansionHazard.ArithmeticOnUnknown, part.Span);
                words.State = words.State.With(part.Name, isTame ? ShellValue.Tame : ShellValue.Unknown);
                observer.SetVariable(part.Name, part.Span);
            }

            // A list in the operand makes several words of it, in quotes as well.
            var staysOne = quoted && !other.Exists(s => s.Kind is SegmentKind.Break or SegmentKind.Nothing or SegmentKind.UnknownFields);
            output.Add(isTame ? Segment.Tame(staysOne) : Segment.Unknown(staysOne));
            return;
        }

        var missing = isUnset || (part.EmptyCountsAsUnset && text!.Length == 0);
        if (part.Operator == ParameterOperator.Alternate ? missing : !missing)
        {
            output.Add(Segment.Value(part.Operator == ParameterOperator.Alternate ? "" : text!, quoted));
            return;
        }

        switch (part.Operator)
        {
            case ParameterOperator.Require:
                words.ExpandOperand(part.Operand!, quoted);
                output.Add(Segment.Unknown(quoted));
                break;
            case ParameterOperator.AssignDefault:
                observer.SetVariable(part.Name, part.Span);
                if (words.State.Integers.Contains(part.Name))
                    observer.Report(ExpansionHazard.ArithmeticOnUnknown, part.Span);
                var joined = FieldBuilder.Join(words.ExpandOperand(part.Operand!, quoted), limits);
                var known = part.Subscript is null ? (joined as ExpandedField.Known)?.Text : null;
                words.State = words.State.With(part.Name, known is null ? ShellValue.Unknown : ShellValue.Of(known));
                output.Add(known is null || words.State[part.Name] is not ShellValue.Scalar ? Segment.Unknown(quoted) : Segment.Value(known, quoted));
                break;
            default:
                var operand = words.ExpandOperand(part.Operand!, quoted);
                if (operand.Count == 0)
                    output.Add(Segment.Value("", quoted));

                // An empty list in an operand in quotes: bash keeps an empty field for it, or does not, by what is beside it.
                if (quoted && operand.Exists(s => s.Kind == SegmentKind.Nothing))
                {
                    output.Add(Segment.Unknown(quoted: false));
                    break;
                }

                // A list in quotes beside text that ends at a blank: what follows is sometimes joined to it, sometimes not.
                if (operand.Exists(s => s.Kind is SegmentKind.Break or SegmentKind.Nothing) && operand.Exists(s => s.Kind == SegmentKind.Split && s.Text.Length > 0 && (char.IsWhiteSpace(s.Text[0]) || char.IsWhiteSpace(s.Text[^1]))))
                    output.Add(Segment.Unknown(quoted: false));
                else
                    output.AddRange(operand);
                break;
        }
    }

    /// <summary>The operators that make another text of a known one; null if the result is not known.</summary>
    private string? Apply(ParameterPart part, string text, bool isUnset, bool quoted)
    {
        switch (part.Operator)
        {
            case ParameterOperator.Value:
                return text;
            case ParameterOperator.Length:
                return Ascii.IsValid(text) ? text.Length.ToString(CultureInfo.InvariantCulture) : null;
            case ParameterOperator.Substring:
                return Substring(part, text);
            case ParameterOperator.Transform:
                return Transform(part.Transformation, text, isUnset);
            case ParameterOperator.UpperFirst or ParameterOperator.UpperAll or ParameterOperator.LowerFirst or ParameterOperator.LowerAll:
                return ChangeCase(part, text);
            case ParameterOperator.RemovePrefix or ParameterOperator.RemoveLongestPrefix or ParameterOperator.RemoveSuffix or ParameterOperator.RemoveLongestSuffix:
                return Compile(part) is { } pattern ? PatternEdit.Remove(text, pattern, part.Operator, limits.ValuePatternSteps) : null;
            default:
                return Replace(part, text);
        }
    }

    private string? Substring(ParameterPart part, string text)
    {
        var offset = words.Evaluate(part.Operand!, part.Span);
        var length = part.Second is null ? text.Length : words.Evaluate(part.Second, part.Span);
        if (offset is null || length is null || !Ascii.IsValid(text))
            return null;
        if (offset < 0)
            offset += text.Length;
        if (offset < 0 || offset > text.Length)
            return "";
        var end = length < 0 ? text.Length + length.Value : Math.Min(text.Length, offset.Value + Math.Min(length.Value, text.Length));
        return end < offset ? null : text[(int)offset.Value..(int)end];
    }

    private static string? Transform(char letter, string text, bool isUnset)
    {
        if (isUnset || !Ascii.IsValid(text))
            return null;
        return letter switch
        {
            'U' => text.ToUpperInvariant(),
            'L' => text.ToLowerInvariant(),
            'u' when text.Length > 0 => char.ToUpperInvariant(text[0]) + text[1..],
            _ => null,
        };
    }

    private string? ChangeCase(ParameterPart part, string text)
    {
        if (!part.Operand!.Parts.IsEmpty)
        {
            words.ExpandOperand(part.Operand, quoted: true);
            return null;
        }

        if (!Ascii.IsValid(text) || text.Length == 0)
            return text.Length == 0 ? "" : null;
        return part.Operator switch
        {
            ParameterOperator.UpperAll => text.ToUpperInvariant(),
            ParameterOperator.LowerAll => text.ToLowerInvariant(),
            ParameterOperator.UpperFirst => char.ToUpperInvariant(text[0]) + text[1..],
            _ => char.ToLowerInvariant(text[0]) + text[1..],
        };
    }

    private string? Replace(ParameterPart part, string text)
    {
        var pattern = Compile(part);
        var replacement = "";
        if (part.Second is not null)
        {
            // An unquoted ampersand means the matched text, depending on an option.
            var field = FieldBuilder.Join(words.ExpandOperand(part.Second, quoted: false), limits) as ExpandedField.Known;
            if (field is null || field.Text.AsSpan().IndexOfAny('&', '\\') >= 0)
                return null;
            replacement = field.Text;
        }

        return pattern is null ? null : PatternEdit.Replace(text, pattern, part.Operator, replacement, limits);
    }

    private GlobPattern? Compile(ParameterPart part) =>
        FieldBuilder.Pattern(words.ExpandOperand(part.Operand!, quoted: false)) is { } characters ? GlobPattern.TryCompile(characters) : null;

    private void VisitOperands(ParameterPart part)
    {
        if (part.Operator == ParameterOperator.Substring)
        {
            words.Evaluate(part.Operand!, part.Span);
            if (part.Second is not null)
                words.Evaluate(part.Second, part.Span);
            return;
        }

        if (part.Operand is not null)
            words.ExpandOperand(part.Operand, quoted: true);
        if (part.Second is not null)
            words.ExpandOperand(part.Second, quoted: true);
    }

    /// <summary>Prompt expansion runs what stands in the value; plain known text is harmless.</summary>
    private void ReportPrompt(ParameterPart part, string? text)
    {
        var harmless = text is not null && text.AsSpan().IndexOfAny('$', '`', '\\') < 0;
        if (part.Operator == ParameterOperator.Transform && part.Transformation == 'P' && !harmless)
            observer.Report(ExpansionHazard.PromptExpansion, part.Span);
    }
}
