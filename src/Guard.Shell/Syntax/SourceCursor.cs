namespace Guard.Shell.Syntax;

/// <summary>A place in a text, with the way back from unescaped text to the original characters.</summary>
internal sealed class SourceCursor
{
    private readonly string _text;

    /// <summary>For text that was unescaped: the original offset of each character, and of the end. Null: offsets are the same.</summary>
    private readonly int[]? _origins;

    public SourceCursor(string text, ParseBudget budget, int[]? origins = null)
    {
        _text = text;
        Budget = budget;
        _origins = origins;
    }

    public ParseBudget Budget { get; }

    public int Position { get; private set; }

    public bool AtEnd => Position >= _text.Length;

    /// <summary>The character here; NUL at the end. NUL never stands in the text: it is refused before reading starts.</summary>
    public char Current => Position < _text.Length ? _text[Position] : '\0';

    /// <summary>The character at a place before the cursor or behind it; the end's is a null character.</summary>
    public char At(int position) => position < _text.Length ? _text[position] : '\0';

    public char Peek(int ahead) => Position + ahead < _text.Length ? _text[Position + ahead] : '\0';

    public bool AtContinuation => Current == '\\' && Peek(1) == '\n';

    public void Advance(int count = 1)
    {
        Budget.Step(count);
        Position += count;
    }

    public string Slice(int start) => _text[start..Position];

    public string Slice(int start, int end) => _text[start..end];

    /// <summary>The offset of <paramref name="c"/> from here on, or -1. Counts as reading up to there.</summary>
    public int Find(char c)
    {
        var index = _text.IndexOf(c, Position);
        Budget.Step((index < 0 ? _text.Length : index) - Position + 1);
        return index;
    }

    public void MoveTo(int position) => Advance(position - Position);

    /// <summary>Passes line continuations, which bash removes before it looks at anything else.</summary>
    public void SkipContinuations()
    {
        while (AtContinuation)
            Advance(2);
    }

    public SourceSpan SpanFrom(int start) => Span(start, Position);

    public SourceSpan Span(int start, int end)
    {
        Budget.CountNode(Origin(start));
        if (_origins is null)
            return new SourceSpan(start, end - start);
        return end == start ? new SourceSpan(_origins[start], 0) : new SourceSpan(_origins[start], _origins[end - 1] + 1 - _origins[start]);
    }

    public int Origin(int position) => _origins is null ? Math.Min(position, _text.Length) : _origins[Math.Min(position, _origins.Length - 1)];


    public ShellRefusedException Refuse(ShellRefusalCode code, string message) => Refuse(code, Position, message);

    public ShellRefusedException Refuse(ShellRefusalCode code, int position, string message) => new(new ShellRefusal(code, Origin(position), message));

    public ShellRefusedException Unexpected(string expected)
    {
        if (AtEnd)
            return Refuse(ShellRefusalCode.Unterminated, $"the text ends where {expected} was expected");
        var shown = Current switch
        {
            '\n' => "a line end",
            > ' ' and < '\u007f' => $"'{Current}'",
            _ => "a character",
        };
        return Refuse(ShellRefusalCode.Syntax, $"{shown} stands where {expected} was expected");
    }
}
