using System.Globalization;
using System.Text;
using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Expands the parts of one word into segments, in bash's order, telling the observer what happens.</summary>
internal sealed class PartExpander
{
    private readonly IExpansionObserver _observer;
    private readonly ExpansionLimits _limits;
    private readonly ParameterExpander _parameters;
    private bool _looksForTildes;
    private bool _splitsOperands;

    public PartExpander(ShellState state, IExpansionObserver observer, ExpansionLimits limits)
    {
        State = state;
        _observer = observer;
        _limits = limits;
        _parameters = new ParameterExpander(this, observer, limits);
    }

    public ShellState State { get; set; }

    public List<Segment> Expand(Word word, TildeRule tildes)
    {
        _looksForTildes = tildes == TildeRule.Assignment || (tildes == TildeRule.Word && TildeExpansion.LooksLikeAssignment(word));
        _splitsOperands = tildes != TildeRule.Assignment;
        var before = State;
        var segments = Expand(word, tildes, quoted: false, SegmentKind.Literal);
        if ((tildes == TildeRule.Word && TildeExpansion.RunsIntoExpansion(word)) || (tildes is TildeRule.Word or TildeRule.Start && TildeExpansion.TakesRestAsWritten(word)))
            return PerhapsNotExpanded(before, quoted: false);
        return segments.Exists(s => s.Kind == SegmentKind.Split) && HasBareDollar(word) ? [Segment.Unknown(quoted: false)] : segments;
    }

    /// <summary>A dollar that begins nothing: bash 5.2 then does not split what stands before it, unless an expansion follows or a list is among it.</summary>
    private static bool HasBareDollar(Word word)
    {
        foreach (var part in word.Parts)
        {
            if (part is LiteralPart { Text: var text } && text.Contains('$', StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>What a word is of which bash may have left expansions out: unknown, and so is what they assigned.</summary>
    private List<Segment> PerhapsNotExpanded(ShellState before, bool quoted)
    {
        if (!ReferenceEquals(State, before))
            State = State.ForgetVariables();
        return [Segment.Unknown(quoted)];
    }

    /// <summary>Expands an operand inside braces: its literal text splits like the result it is part of.</summary>
    public List<Segment> ExpandOperand(Word word, bool quoted)
    {
        var before = State;
        var segments = Expand(word, quoted ? TildeRule.None : TildeRule.Start, quoted, quoted ? SegmentKind.Quoted : SegmentKind.Split);
        if (!quoted && TildeExpansion.TakesRestAsWritten(word))
            return PerhapsNotExpanded(before, quoted: !_splitsOperands);

        // In an assignment, and in a word that looks like one, bash looks for tildes at more places of an operand than in other words.
        if (_looksForTildes && !quoted && word.Parts.Any(p => p is LiteralPart literal && literal.Text.Contains('~', StringComparison.Ordinal)))
            return [Segment.Unknown(quoted: !_splitsOperands)];
        return segments;
    }

    public void VisitOnly(Word word) => Expand(word, TildeRule.None);

    /// <summary>Expands arithmetic text and evaluates it. Values that may be any text are a hazard: bash evaluates what is inside them.</summary>
    /// <param name="expression">Between the parentheses, or a word that means a number.</param>
    /// <param name="span">What a hazard is reported for.</param>
    /// <returns>The value; null if it is not known.</returns>
    public long? Evaluate(Word expression, SourceSpan span)
    {
        TryEvaluate(expression, span, out var value);
        return value;
    }

    /// <summary>As <see cref="Evaluate"/>; false if a hazard was reported.</summary>
    public bool TryEvaluate(Word expression, SourceSpan span, out long? value)
    {
        value = null;
        var segments = Expand(expression, TildeRule.None, quoted: true, SegmentKind.Quoted);
        if (segments.Exists(s => s.Kind is SegmentKind.UnknownText or SegmentKind.UnknownFields && !s.IsTame))
        {
            _observer.Report(ExpansionHazard.ArithmeticOnUnknown, span);
            Forget(segments.SelectMany(s => ArithmeticEvaluator.Names(s.Text)));
            return false;
        }

        var text = new StringBuilder();
        foreach (var segment in segments)
        {
            if (segment.IsTame)
                text.Append(ArithmeticEvaluator.TameText);
            else
                text.Append(segment.Kind == SegmentKind.Break ? " " : segment.Text);
        }

        return TryEvaluate(text.ToString(), span, out value);
    }

    /// <summary>Evaluates a text that is arithmetic; false if a hazard was reported.</summary>
    public bool TryEvaluate(string text, SourceSpan span, out long? value)
    {
        var evaluator = new ArithmeticEvaluator(text, State);
        if (text.Length <= _limits.TextLength && evaluator.TryEvaluate(out value))
        {
            State = evaluator.State;
            return true;
        }

        value = null;
        _observer.Report(ExpansionHazard.ArithmeticOnUnknown, span);
        Forget(ArithmeticEvaluator.Names(text));
        return false;
    }

    private void Forget(IEnumerable<string> names)
    {
        foreach (var name in names.Distinct(StringComparer.Ordinal))
            State = State.With(name, ShellValue.Unknown);
    }

    private List<Segment> Expand(Word word, TildeRule tildes, bool quoted, SegmentKind literal)
    {
        var output = new List<Segment>();
        var looksLikeAssignment = tildes == TildeRule.Word && TildeExpansion.LooksLikeAssignment(word);
        for (var i = 0; i < word.Parts.Length; i++)
        {
            if (word.Parts[i] is LiteralPart text && !quoted)
                TildeExpansion.Expand(text.Text, i == 0, i == word.Parts.Length - 1, tildes, looksLikeAssignment, State, literal, output);
            else
                ExpandPart(word.Parts[i], quoted, output);
        }

        return output;
    }

    private void ExpandPart(WordPart part, bool quoted, List<Segment> output)
    {
        switch (part)
        {
            case LiteralPart literal:
                output.Add(new Segment(SegmentKind.Quoted, literal.Text));
                break;
            case QuotedPart quotation:
                output.Add(new Segment(SegmentKind.Quoted, quotation.Text));
                break;
            case DoubleQuotedPart quotation:
                ExpandDoubleQuoted(quotation, output);
                break;
            case CommandSubstitutionPart substitution:
                output.Add(_observer.RunCommandSubstitution(substitution, State) switch
                {
                    ShellValue.Scalar { Text: var text } => Segment.Value(text, quoted),
                    { IsTame: true } => Segment.Tame(quoted),
                    _ => Segment.Unknown(quoted),
                });
                break;
            case ProcessSubstitutionPart substitution:
                _observer.RunProcessSubstitution(substitution, State);
                output.Add(new Segment(SegmentKind.Quoted, "/dev/fd/"));
                output.Add(Segment.Unknown(quoted: true));
                break;
            case ArithmeticPart arithmetic:
                var isNumber = TryEvaluate(arithmetic.Expression, arithmetic.Span, out var value);
                output.Add(value is { } known ? Segment.Value(known.ToString(CultureInfo.InvariantCulture), quoted) : isNumber ? Number(quoted) : Segment.Unknown(quoted));
                break;
            case ParameterPart parameter:
                _parameters.Expand(parameter, quoted, output);
                break;
            case ArrayPart array:
                foreach (var element in array.Elements)
                    VisitOnly(element.Value);
                output.Add(Segment.Unknown(quoted: true));
                break;
        }
    }

    /// <summary>A number that is not known stays one word wherever words are split at blanks.</summary>
    public Segment Number(bool quoted) => Segment.Tame(quoted || State.DefaultSplitting);

    private void ExpandDoubleQuoted(DoubleQuotedPart quotation, List<Segment> output)
    {
        if (quotation.Parts.IsEmpty)
            output.Add(new Segment(SegmentKind.Quoted, ""));
        var start = output.Count;
        foreach (var inner in quotation.Parts)
            ExpandPart(inner, quoted: true, output);

        // An empty "$@" takes the whole quotation away if nothing else in it left text.
        var added = output[start..];
        if (added.Exists(s => s.Kind == SegmentKind.Nothing) && added.TrueForAll(s => s.Text.Length == 0 && s.Kind != SegmentKind.Break))
        {
            output.RemoveRange(start, output.Count - start);
            // Beside other expansions without text it depends on their operators whether an empty field stays.
            if (added.Exists(s => s.Kind != SegmentKind.Nothing))
                output.Add(Segment.Unknown(quoted: false));
        }

        if (quotation.Translated)
            output.Add(Segment.Unknown(quoted: true));
    }
}
