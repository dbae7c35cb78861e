using System.Collections.Immutable;
using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Turns words into what a command receives for them. What cannot be known is said to be unknown, never guessed.</summary>
/// <remarks>One expander follows one way through a line: expansions such as <c>${x:=y}</c> change its <see cref="State"/>.</remarks>
public sealed class WordExpander
{
    private readonly IGlobView? _view;
    private readonly ExpansionLimits _limits;
    private readonly IExpansionObserver _observer;
    private ShellState _state;

    /// <summary>Made for the first word that is not plain; from then on it holds the state.</summary>
    private PartExpander? _made;

    /// <param name="state">What is known before the first word.</param>
    /// <param name="observer">Told of substitutions and hazards as they happen.</param>
    /// <param name="view">The files for globs; null makes every glob unknown.</param>
    /// <param name="limits">Bounds; absent: <see cref="ExpansionLimits.Default"/>.</param>
    public WordExpander(ShellState state, IExpansionObserver observer, IGlobView? view, ExpansionLimits? limits = null)
    {
        _view = view;
        _limits = limits ?? ExpansionLimits.Default;
        _observer = observer;
        _state = state;
    }

    /// <summary>Files that may be there beside those of the view; null: none.</summary>
    internal MadeFiles? MadeFiles { get; init; }

    /// <summary>What is known after the words expanded so far.</summary>
    public ShellState State
    {
        get => _made?.State ?? _state;
        set
        {
            if (_made is null)
                _state = value;
            else
                _made.State = value;
        }
    }

    private PartExpander Parts => _made ??= new PartExpander(_state, _observer, _limits);

    /// <summary>All expansions: braces, tildes, parameters, substitutions, arithmetic, splitting, globs, quote removal.</summary>
    public ImmutableArray<ExpandedField> Expand(Word word)
    {
        if (PlainWord.Text(word) is { } text)
            return [new ExpandedField.Known(text)];
        if (new BraceExpansion(_limits.BraceWords).Expand(word) is not { } words)
        {
            Parts.VisitOnly(word);
            return [ExpandedField.Unknown.Instance];
        }

        // A word made by braces no longer counts as an assignment to bash.
        var tildes = ReferenceEquals(words[0], word) ? TildeRule.Word : TildeRule.Start;
        var fields = ImmutableArray.CreateBuilder<ExpandedField>();
        foreach (var one in words)
        {
            if (_observer.IsExhausted)
                return [ExpandedField.Unknown.Instance];
            fields.AddRange(new FieldBuilder(State, _view, MadeFiles, _limits).Build(Parts.Expand(one, tildes)));
        }

        return fields.ToImmutable();
    }

    /// <summary>Braces make other words of this one.</summary>
    public bool HasBraces(Word word) => new BraceExpansion(_limits.BraceWords).Expand(word) is not [var one] || !ReferenceEquals(one, word);

    public ImmutableArray<ExpandedField> Expand(IEnumerable<Word> words)
    {
        var fields = ImmutableArray.CreateBuilder<ExpandedField>();
        foreach (var word in words)
            AddExpanded(word, fields);
        return fields.DrainToImmutable();
    }

    /// <summary>As <see cref="Expand(IEnumerable{Word})"/>, for the words of a command.</summary>
    public ImmutableArray<ExpandedField> Expand(ImmutableArray<Word> words)
    {
        if (words.IsEmpty)
            return [];
        var fields = ImmutableArray.CreateBuilder<ExpandedField>(words.Length);
        foreach (var word in words)
            AddExpanded(word, fields);
        return fields.DrainToImmutable();
    }

    private void AddExpanded(Word word, ImmutableArray<ExpandedField>.Builder fields)
    {
        if (PlainWord.Text(word) is { } text)
            fields.Add(new ExpandedField.Known(text));
        else
            fields.AddRange(Expand(word));
    }

    /// <summary>The right side of an assignment: no braces, splitting or globs; tildes also behind colons.</summary>
    public ExpandedField ExpandValue(Word word) => PlainWord.Text(word) is { } text ? new ExpandedField.Known(text) : FieldBuilder.Join(Parts.Expand(word, TildeRule.Assignment), _limits);

    /// <summary>A word that stays one, as in <c>case</c>, a here-string or a here-document: no braces, splitting or globs.</summary>
    public ExpandedField ExpandText(Word word, bool tildes = true) => PlainWord.Text(word) is { } text ? new ExpandedField.Known(text) : FieldBuilder.Join(Parts.Expand(word, tildes ? TildeRule.Start : TildeRule.None), _limits);

    /// <summary>Evaluates arithmetic text; null if the value is not known.</summary>
    public long? Evaluate(Word expression) => Parts.Evaluate(expression, expression.Span);

    /// <summary>Evaluates a text that bash was handed as arithmetic, as by <c>let</c>.</summary>
    public void Evaluate(string text, SourceSpan span) => Parts.TryEvaluate(text, span, out _);

    /// <summary>Evaluates what is assigned to a variable that only takes numbers. A value that may be any text is a hazard.</summary>
    public void Calculate(ExpandedField value, SourceSpan span)
    {
        if (value is ExpandedField.Known known)
            Evaluate(known.Text, span);
        else if (value is not ExpandedField.Partial { IsTame: true })
            _observer.Report(ExpansionHazard.ArithmeticOnUnknown, span);
    }

    /// <summary>Whether a pattern, as of <c>case</c>, matches a known text; null if that is not known.</summary>
    public bool? Matches(Word pattern, string text)
    {
        var steps = _limits.ValuePatternSteps;
        return FieldBuilder.Pattern(Parts.Expand(pattern, TildeRule.Start)) is { } characters && GlobPattern.TryCompile(characters) is { } compiled
            ? compiled.Matches([.. text.EnumerateRunes()], ref steps)
            : null;
    }

    /// <summary>Goes through a word whose result does not matter, for the commands that run in it.</summary>
    public void Visit(Word word) => Parts.VisitOnly(word);
}
