namespace Guard.Shell.Syntax;

/// <summary><c>$x</c> and <c>${x...}</c>.</summary>
internal sealed class ParameterReader(SourceCursor cursor, WordReader words, ArithmeticReader arithmetic)
{
    private const string Transformations = "QEPAaUuLKk";

    // Nobody writes more of them, and from each of them all are looked at.
    private const int MaxQuotesInARow = 16;

    public ParameterPart ReadPlain()
    {
        var start = cursor.Position;
        cursor.Advance();
        var name = cursor.Current.ToString();
        var isName = Characters.IsNameStart(cursor.Current);
        cursor.Advance();
        if (isName)
            name = ReadNameRest(cursor.Position - 1);
        if (cursor.AtContinuation)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "an expansion is split over two lines");
        return new ParameterPart(cursor.SpanFrom(start), name, ParameterOperator.Value);
    }

    public ParameterPart ReadBraced(TextKind kind)
    {
        var start = cursor.Position;
        cursor.Budget.Enter(cursor.Origin(start));
        cursor.Advance(2);
        var isLength = cursor.Current == '#' && cursor.Peek(1) != '}';
        var isIndirect = cursor.Current == '!' && cursor.Peek(1) != '}';
        if (isLength || isIndirect)
        {
            cursor.Advance();
            var known = Characters.IsNameStart(cursor.Current) || (isLength && (char.IsAsciiDigit(cursor.Current) || cursor.Current is '@' or '*'));
            if (!known)
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "an ambiguous parameter expansion");
        }

        var name = ReadName();
        var subscript = cursor.Current == '[' && Characters.IsNameStart(name[0]) ? ReadSubscript(kind) : null;
        var part = ReadOperator(name, kind, isLength, isIndirect, subscript);
        if (cursor.Current != '}')
            throw cursor.Unexpected("'}'");
        cursor.Advance();
        cursor.Budget.Leave();
        return part with { Span = cursor.SpanFrom(start), Subscript = subscript };
    }

    private string ReadName()
    {
        var start = cursor.Position;
        var first = cursor.Current;
        if (!Characters.IsNameStart(first) && !char.IsAsciiDigit(first) && !Characters.IsSpecialParameter(first))
            throw cursor.Unexpected("a parameter");
        cursor.Advance();
        if (Characters.IsNameStart(first))
            return ReadNameRest(start);
        while (char.IsAsciiDigit(first) && char.IsAsciiDigit(cursor.Current))
            cursor.Advance();
        return cursor.Slice(start);
    }

    private string ReadNameRest(int start)
    {
        while (Characters.IsNameCharacter(cursor.Current))
            cursor.Advance();
        return cursor.Slice(start);
    }

    /// <summary>Between brackets. What bash would have to guess at is refused: nested brackets, and quotes inside quotes.</summary>
    private Word ReadSubscript(TextKind kind)
    {
        cursor.Advance();
        var start = cursor.Position;
        var parts = new PartCollector(cursor);
        while (cursor.Current != ']')
        {
            var c = cursor.Current;
            if (cursor.AtEnd)
                throw cursor.Refuse(ShellRefusalCode.Unterminated, start, "a subscript is not closed");
            if (c is '[' or '{' or '}' or '\\' or '\n' or '`' or '<' or '>' || (c is '\'' or '"' && kind != TextKind.Unquoted)
                || (c is '(' or ')' && kind == TextKind.Arithmetic))
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "a quote, bracket or brace in a subscript");
            if (c == '$')
            {
                words.ReadDollar(parts, kind);
            }
            else if (c is '\'' or '"')
            {
                words.ReadUnquotedPiece(parts);
            }
            else
            {
                var at = cursor.Position;
                cursor.Advance();
                parts.TakeLiteral(at);
            }
        }

        if (cursor.Position == start)
            throw cursor.Unexpected("a subscript");
        var word = new Word(cursor.SpanFrom(start), parts.Finish());
        cursor.Advance();
        return word;
    }

    /// <summary>Everything between the name and the closing brace. The span is set by the caller.</summary>
    private ParameterPart ReadOperator(string name, TextKind kind, bool isLength, bool isIndirect, Word? subscript)
    {
        ParameterPart Part(ParameterOperator op) => new(default, name, op) { Indirect = isIndirect };
        var c = cursor.Current;
        if (isLength)
            return Part(ParameterOperator.Length);
        if (isIndirect && c == '}' && subscript?.LiteralText is "@" or "*")
            return new ParameterPart(default, name, ParameterOperator.Keys);
        if (isIndirect && c is '*' or '@' && cursor.Peek(1) == '}')
        {
            cursor.Advance();
            return new ParameterPart(default, name, ParameterOperator.NamesWithPrefix);
        }

        switch (c)
        {
            case '}':
                return Part(ParameterOperator.Value);
            case ':' when cursor.Peek(1) is '-' or '=' or '?' or '+':
                cursor.Advance();
                return ReadWordOperator(Part, kind) with { EmptyCountsAsUnset = true };
            case ':':
                return ReadSubstring(Part(ParameterOperator.Substring));
            case '-' or '=' or '?' or '+':
                return ReadWordOperator(Part, kind);
            case '#':
                return ReadPattern(Part, kind, '#', ParameterOperator.RemovePrefix, ParameterOperator.RemoveLongestPrefix);
            case '%':
                return ReadPattern(Part, kind, '%', ParameterOperator.RemoveSuffix, ParameterOperator.RemoveLongestSuffix);
            case '^':
                return ReadPattern(Part, kind, '^', ParameterOperator.UpperFirst, ParameterOperator.UpperAll);
            case ',':
                return ReadPattern(Part, kind, ',', ParameterOperator.LowerFirst, ParameterOperator.LowerAll);
            case '/':
                return ReadReplacement(Part, kind);
            case '@' when Transformations.Contains(cursor.Peek(1), StringComparison.Ordinal):
                var letter = cursor.Peek(1);
                cursor.Advance(2);
                return Part(ParameterOperator.Transform) with { Transformation = letter };
            default:
                throw cursor.Unexpected("'}'");
        }
    }

    private ParameterPart ReadWordOperator(Func<ParameterOperator, ParameterPart> part, TextKind kind)
    {
        var op = cursor.Current switch
        {
            '-' => ParameterOperator.Default,
            '=' => ParameterOperator.AssignDefault,
            '?' => ParameterOperator.Require,
            _ => ParameterOperator.Alternate,
        };
        cursor.Advance();
        return part(op) with { Operand = ReadOperand(kind, '}') };
    }

    private ParameterPart ReadPattern(Func<ParameterOperator, ParameterPart> part, TextKind kind, char sign, ParameterOperator once, ParameterOperator twice)
    {
        cursor.Advance();
        var op = once;
        if (cursor.Current == sign)
        {
            cursor.Advance();
            op = twice;
        }

        return part(op) with { Operand = ReadOperand(kind == TextKind.DoubleQuoted ? TextKind.Unquoted : kind, '}') };
    }

    private ParameterPart ReadReplacement(Func<ParameterOperator, ParameterPart> part, TextKind kind)
    {
        cursor.Advance();
        var op = cursor.Current switch
        {
            '/' => ParameterOperator.ReplaceAll,
            '#' => ParameterOperator.ReplacePrefix,
            '%' => ParameterOperator.ReplaceSuffix,
            _ => ParameterOperator.ReplaceFirst,
        };
        if (op != ParameterOperator.ReplaceFirst)
            cursor.Advance();

        // A slash right here would be the pattern's first character, not its end.
        if (cursor.Current == '/' || cursor.Current == '}')
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "an empty pattern in a replacement");

        // Inside double quotes, quotes in pattern and replacement mean different things in different releases of bash.
        var operandKind = kind is TextKind.DoubleQuoted or TextKind.QuotedPattern ? TextKind.HereDocument : kind;
        var result = part(op) with { Operand = ReadOperand(kind == TextKind.DoubleQuoted ? TextKind.QuotedPattern : operandKind, '/') };
        if (cursor.Current != '/')
            return result;
        cursor.Advance();
        return result with { Second = ReadOperand(operandKind, '}') };
    }

    private ParameterPart ReadSubstring(ParameterPart part)
    {
        cursor.Advance();
        var offset = arithmetic.ReadText(":}");
        if (offset.Parts.IsEmpty)
            throw cursor.Unexpected("an offset");
        if (cursor.Current != ':')
            return part with { Operand = offset };
        cursor.Advance();
        return part with { Operand = offset, Second = arithmetic.ReadText(":}") };
    }

    /// <summary>A word inside the braces, up to <paramref name="stop"/> or the closing brace.</summary>
    private Word ReadOperand(TextKind kind, char stop)
    {
        var start = cursor.Position;
        cursor.Budget.CountWord(cursor.Origin(start));
        var parts = new PartCollector(cursor);
        while (cursor.Current != '}' && cursor.Current != stop)
        {
            if (cursor.AtEnd)
                throw cursor.Refuse(ShellRefusalCode.Unterminated, start, "a parameter expansion is not closed");
            if (cursor.AtContinuation)
                cursor.Advance(2);
            else if (kind == TextKind.Unquoted)
                ReadUnquotedOperandPiece(parts);
            else
                ReadQuotedOperandPiece(parts, kind);
        }

        return new Word(cursor.SpanFrom(start), parts.Finish());
    }

    private void ReadUnquotedOperandPiece(PartCollector parts)
    {
        var c = cursor.Current;
        if (c == '{' || (c is '<' or '>' && cursor.Peek(1) == '('))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a brace or process substitution inside a parameter expansion");
        if (c is '\\' or '\'' or '"' or '`' or '$')
        {
            words.ReadUnquotedPiece(parts);
            return;
        }

        var at = cursor.Position;
        cursor.Advance();
        parts.TakeLiteral(at);
    }

    /// <summary>
    /// In an operand that stands in quotes itself bash takes out the inner quotes first and reads what is left: a dollar before one comes
    /// to stand before what is behind it (<c>"${x+"$"(date)}"</c> runs date), and a name goes on there (<c>"${x+$a"b"}"</c> is $ab).
    /// </summary>
    private void RefuseWhatQuotesHoldApart(int quote)
    {
        var (before, after) = (quote - 1, quote + 1);
        while (cursor.At(before) == '"')
            before--;
        while (cursor.At(after) == '"')
            after++;
        if (after - before > MaxQuotesInARow)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, quote, "many quotes in a row, inside a parameter expansion in quotes");
        var name = before;
        while (Characters.IsNameCharacter(cursor.At(name)))
            name--;
        cursor.Budget.Step(after - name);
        var isSplit = cursor.At(before) == '\n' || (cursor.At(after) == '\\' && cursor.At(after + 1) == '\n');
        if (cursor.At(before) == '$' || isSplit || (name < before && cursor.At(name) == '$' && Characters.IsNameCharacter(cursor.At(after))))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, quote, "a quote between a dollar or a name and what follows, inside a parameter expansion in quotes");
    }

    private void ReadQuotedOperandPiece(PartCollector parts, TextKind kind)
    {
        var c = cursor.Current;
        var start = cursor.Position;
        // A single quote in here opens a quotation for bash's parser and is text to its expansion.
        if (c is '{' or '\'' || (c == '"' && kind != TextKind.DoubleQuoted)
            || (c == '\\' && kind is not (TextKind.DoubleQuoted or TextKind.QuotedPattern)) || (c is '(' or ')' && kind == TextKind.Arithmetic)
            || (c is '<' or '>' && cursor.Peek(1) == '('))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a quote or brace inside a parameter expansion");
        switch (c)
        {
            case '"':
                parts.Add(words.ReadDoubleQuoted(start, translated: false, inOperand: true));
                RefuseWhatQuotesHoldApart(start);
                RefuseWhatQuotesHoldApart(cursor.Position - 1);
                break;
            case '$' or '`':
                words.ReadQuotedPiece(parts, kind, "");
                break;
            case '\\' when kind == TextKind.QuotedPattern:
                words.ReadUnquotedPiece(parts);
                break;
            case '\\' when cursor.Peek(1) is '$' or '`' or '"' or '\\' or '}':
                cursor.Advance(2);
                parts.AddLiteral(start, cursor.Slice(start + 1));
                break;
            default:
                cursor.Advance();
                parts.TakeLiteral(start);
                break;
        }
    }
}
