using System.Collections.Immutable;
using System.Text;

namespace Guard.Shell.Syntax;

/// <summary>Words, quotations and substitutions.</summary>
internal sealed class WordReader
{
    private readonly SourceCursor _cursor;
    private readonly HereDocumentReader _documents;
    private readonly ParameterReader _parameters;
    private readonly ArithmeticReader _arithmetic;

    /// <summary>Empty, and in no use: most words have none within them.</summary>
    private PartCollector? _spare;

    /// <summary>Where the last quotes stand that are inside an expansion in quotes; -1: there were none.</summary>
    private int _innerQuotesAt = -1;

    public WordReader(SourceCursor cursor, HereDocumentReader documents)
    {
        _cursor = cursor;
        _documents = documents;
        _arithmetic = new ArithmeticReader(cursor, this, documents);
        _parameters = new ParameterReader(cursor, this, _arithmetic);
    }

    public ArithmeticReader Arithmetic => _arithmetic;

    /// <summary>The last word held a line continuation, so that looking at its raw text can mislead.</summary>
    public bool LastWordWasSplit { get; private set; }

    /// <summary>An unquoted character that ends a word stands here.</summary>
    public bool AtWordEnd => Characters.EndsWord(_cursor.Current) && !AtProcessSubstitution;

    private bool AtProcessSubstitution => _cursor.Current is '<' or '>' && _cursor.Peek(1) == '(';

    /// <summary>A word that must be there.</summary>
    public Word Read()
    {
        if (AtWordEnd)
            throw _cursor.Unexpected("a word");
        var word = ReadPossiblyEmpty();
        if (word.Parts.IsEmpty)
            throw _cursor.Unexpected("a word");
        return word;
    }

    /// <summary>A word, or nothing where a word could stand, as behind the sign of an assignment.</summary>
    public Word ReadPossiblyEmpty()
    {
        var start = _cursor.Position;
        _cursor.Budget.CountWord(_cursor.Origin(start));
        var parts = _spare ?? new PartCollector(_cursor);
        _spare = null;
        var split = false;
        while (!AtWordEnd)
        {
            if (_cursor.AtContinuation)
            {
                split = true;
                _cursor.Advance(2);
            }
            else
            {
                ReadUnquotedPiece(parts);
            }
        }

        LastWordWasSplit = split;
        var word = new Word(_cursor.SpanFrom(start), parts.Finish());
        _spare = parts;
        if (_innerQuotesAt >= start)
            RefuseBraces(start);
        if (split && _cursor.Current is '<' or '>' && word.LiteralText is not null)
            throw _cursor.Refuse(ShellRefusalCode.Unsupported, "a word split over two lines stands right before a redirect");
        return word;
    }

    // To bash's search for braces the quotes around an expansion end at the quotes within it: what stands there is not quoted.
    private void RefuseBraces(int start)
    {
        _cursor.Budget.Step((_cursor.Position - start) / 8);
        for (var i = start; i < _cursor.Position; i++)
        {
            var opensExpansion = i > start && _cursor.At(i - 1) == '$' && (i - 1 == start || _cursor.At(i - 2) != '\\');
            if (_cursor.At(i) == '{' && !opensExpansion)
                throw _cursor.Refuse(ShellRefusalCode.Unsupported, i, "a brace in a word with quotes inside a parameter expansion in quotes");
        }
    }

    /// <summary>The right side of <c>=~</c>: parentheses and bars belong to the word.</summary>
    public Word ReadRegex()
    {
        var start = _cursor.Position;
        _cursor.Budget.CountWord(_cursor.Origin(start));
        var parts = new PartCollector(_cursor);
        var depth = 0;
        while (true)
        {
            var c = _cursor.Current;
            if (_cursor.AtContinuation || AtProcessSubstitution)
                throw _cursor.Refuse(ShellRefusalCode.Unsupported, "not modelled in a regular expression");
            if (c == '(')
                depth++;
            else if (c == ')' && depth > 0)
                depth--;
            else if (c == '|' || (depth > 0 && Characters.IsBlank(c)))
            {
            }
            else if (Characters.EndsWord(c))
                break;
            else
            {
                ReadUnquotedPiece(parts);
                continue;
            }

            var at = _cursor.Position;
            _cursor.Advance();
            parts.TakeLiteral(at);
        }

        if (depth > 0 || _cursor.Position == start)
            throw _cursor.Unexpected("the rest of a regular expression");
        return new Word(_cursor.SpanFrom(start), parts.Finish());
    }

    /// <summary>One quotation, expansion, or run of ordinary characters.</summary>
    public void ReadUnquotedPiece(PartCollector parts)
    {
        var start = _cursor.Position;
        switch (_cursor.Current)
        {
            case '\\':
                parts.Add(ReadBackslash());
                break;
            case '\'':
                parts.Add(ReadSingleQuoted());
                break;
            case '"':
                parts.Add(ReadDoubleQuoted(start, translated: false));
                break;
            case '`':
                parts.Add(ReadBackquoted(TextKind.Unquoted));
                break;
            case '$':
                ReadDollar(parts, TextKind.Unquoted);
                break;
            case '<' or '>' when _cursor.Peek(1) == '(':
                parts.Add(ReadProcessSubstitution());
                break;
            default:
                do
                    _cursor.Advance();
                while (!Characters.IsWordSpecial(_cursor.Current));
                parts.TakeLiteral(start);
                break;
        }
    }

    /// <summary>An expansion, or the dollar itself as text.</summary>
    public void ReadDollar(PartCollector parts, TextKind kind)
    {
        var start = _cursor.Position;
        var next = _cursor.Peek(1);
        switch (next)
        {
            case '\\' when _cursor.Peek(2) == '\n':
                throw _cursor.Refuse(ShellRefusalCode.Unsupported, "an expansion is split over two lines");
            case '(' when _cursor.Peek(2) == '(':
                parts.Add(_arithmetic.ReadExpansion());
                break;
            case '(':
                parts.Add(ReadCommandSubstitution());
                break;
            case '{':
                parts.Add(_parameters.ReadBraced(kind));
                break;
            case '[':
                throw _cursor.Refuse(ShellRefusalCode.Unsupported, "the old form of arithmetic expansion: write $(( ... ))");
            case '\'' when kind == TextKind.Unquoted:
                parts.Add(AnsiCQuotation.Read(_cursor));
                break;
            case '"' when kind == TextKind.Unquoted:
                _cursor.Advance();
                parts.Add(ReadDoubleQuoted(start, translated: true));
                break;
            default:
                if (Characters.IsNameStart(next) || char.IsAsciiDigit(next) || Characters.IsSpecialParameter(next))
                {
                    parts.Add(_parameters.ReadPlain());
                }
                else
                {
                    _cursor.Advance();
                    parts.TakeLiteral(start);
                }

                break;
        }
    }

    /// <summary><c>`...`</c>: the text is unescaped first and then read as a program of its own.</summary>
    public CommandSubstitutionPart ReadBackquoted(TextKind kind)
    {
        var start = _cursor.Position;
        _cursor.Budget.Enter(_cursor.Origin(start));
        _cursor.Advance();
        var text = new StringBuilder();
        var origins = new List<int>();
        while (_cursor.Current != '`')
        {
            if (_cursor.AtEnd)
                throw _cursor.Refuse(ShellRefusalCode.Unterminated, start, "a backquote is not closed");
            if (_cursor.Current == '\\')
            {
                var next = _cursor.Peek(1);
                if (next is '\n' || (next == '"' && kind != TextKind.Unquoted))
                    throw _cursor.Refuse(ShellRefusalCode.Unsupported, "a backslash inside backquotes that bash reads twice");
                if (next is '$' or '`' or '\\')
                    _cursor.Advance();
            }

            if (_cursor.AtEnd)
                continue;
            origins.Add(_cursor.Origin(_cursor.Position));
            text.Append(_cursor.Current);
            _cursor.Advance();
        }

        origins.Add(_cursor.Origin(_cursor.Position));
        _cursor.Advance();
        var inner = new SourceCursor(text.ToString(), _cursor.Budget, [.. origins]);
        var body = new CommandReader(inner).ReadProgram();
        _cursor.Budget.Leave();
        return new CommandSubstitutionPart(_cursor.SpanFrom(start), body, Backquoted: true);
    }

    /// <summary>From the opening quote (or <paramref name="start"/>, if a dollar precedes it) to the closing one.</summary>
    public DoubleQuotedPart ReadDoubleQuoted(int start, bool translated, bool inOperand = false)
    {
        if (inOperand)
            _innerQuotesAt = start;
        _cursor.Budget.Enter(_cursor.Origin(start));
        _cursor.Advance();
        var parts = _spare ?? new PartCollector(_cursor);
        _spare = null;
        while (_cursor.Current != '"')
        {
            if (_cursor.AtEnd)
                throw _cursor.Refuse(ShellRefusalCode.Unterminated, start, "a double quote is not closed");

            // When bash has taken the quotes out, it drops this backslash with them.
            if (inOperand && _cursor.Current == '\\' && _cursor.Peek(1) is not ('$' or '`' or '"' or '\\'))
                throw _cursor.Refuse(ShellRefusalCode.Unsupported, "a backslash in quotes inside a parameter expansion in quotes");
            ReadQuotedPiece(parts, TextKind.DoubleQuoted, "$`\"\\");
        }

        _cursor.Advance();
        _cursor.Budget.Leave();
        var quotation = new DoubleQuotedPart(_cursor.SpanFrom(start), parts.Finish(), translated);
        _spare = parts;
        return quotation;
    }

    /// <summary>The rest of the text as the body of a here-document.</summary>
    public ImmutableArray<WordPart> ReadDocumentBody()
    {
        var parts = new PartCollector(_cursor);
        while (!_cursor.AtEnd)
            ReadQuotedPiece(parts, TextKind.HereDocument, "$`\\");
        return parts.Finish();
    }

    /// <summary>One expansion, escape or run of text inside double quotes or the like.</summary>
    /// <param name="parts">Takes the result.</param>
    /// <param name="kind">Where the text stands.</param>
    /// <param name="escapable">Characters that a backslash quotes; before others it stays.</param>
    public void ReadQuotedPiece(PartCollector parts, TextKind kind, string escapable)
    {
        var start = _cursor.Position;
        switch (_cursor.Current)
        {
            case '$':
                ReadDollar(parts, kind);
                break;
            case '`':
                parts.Add(ReadBackquoted(kind));
                break;
            case '\\' when _cursor.Peek(1) == '\n':
                _cursor.Advance(2);
                break;
            case '\\' when _cursor.Peek(1) != '\0' && escapable.Contains(_cursor.Peek(1), StringComparison.Ordinal):
                _cursor.Advance(2);
                parts.AddLiteral(start, _cursor.Slice(start + 1));
                break;
            default:
                do
                    _cursor.Advance();
                while (_cursor.Current is not ('$' or '`' or '\\' or '"' or '\0' or '}'));
                parts.TakeLiteral(start);
                break;
        }
    }

    private QuotedPart ReadBackslash()
    {
        var start = _cursor.Position;
        if (_cursor.Peek(1) == '\0')
            throw _cursor.Refuse(ShellRefusalCode.Unterminated, "a backslash ends the text");
        _cursor.Advance(char.IsHighSurrogate(_cursor.Peek(1)) ? 3 : 2);
        return new QuotedPart(_cursor.SpanFrom(start), _cursor.Slice(start + 1), QuoteKind.Backslash);
    }

    private QuotedPart ReadSingleQuoted()
    {
        var start = _cursor.Position;
        _cursor.Advance();
        var end = _cursor.Find('\'');
        if (end < 0)
            throw _cursor.Refuse(ShellRefusalCode.Unterminated, start, "a single quote is not closed");
        _cursor.MoveTo(end + 1);
        return new QuotedPart(_cursor.SpanFrom(start), _cursor.Slice(start + 1, end), QuoteKind.SingleQuotes);
    }

    private CommandSubstitutionPart ReadCommandSubstitution()
    {
        var start = _cursor.Position;
        if (_cursor.Peek(2) == '\\' && _cursor.Peek(3) == '\n')
            throw _cursor.Refuse(ShellRefusalCode.Unsupported, "an expansion is split over two lines");
        var body = ReadNestedCommands(start);
        return new CommandSubstitutionPart(_cursor.SpanFrom(start), body, Backquoted: false);
    }

    private ProcessSubstitutionPart ReadProcessSubstitution()
    {
        var start = _cursor.Position;
        var isInput = _cursor.Current == '<';
        if (_cursor.Peek(2) == '(' || (_cursor.Peek(2) == '\\' && _cursor.Peek(3) == '\n'))
            throw _cursor.Refuse(ShellRefusalCode.Unsupported, "a process substitution that starts like arithmetic: put a blank between the parentheses");
        var body = ReadNestedCommands(start);
        return new ProcessSubstitutionPart(_cursor.SpanFrom(start), body, isInput);
    }

    private CommandList ReadNestedCommands(int start)
    {
        _cursor.Budget.Enter(_cursor.Origin(start));
        _cursor.Advance(2);
        var body = new CommandReader(_cursor, _documents).ReadParenthesized();
        _cursor.Budget.Leave();
        return body;
    }
}
