namespace Guard.Shell.Syntax;

/// <summary>What stands between <c>[[</c> and <c>]]</c>.</summary>
internal sealed class ConditionReader(SourceCursor cursor, CommandReader commands)
{
    private static bool IsUnaryOperator(string text) =>
        text is "-a" or "-b" or "-c" or "-d" or "-e" or "-f" or "-g" or "-h" or "-k" or "-p" or "-r" or "-s" or "-t" or "-u" or "-w" or "-x" or
            "-G" or "-L" or "-N" or "-O" or "-S" or "-z" or "-n" or "-v" or "-R" or "-o";

    private static bool IsBinaryOperator(string text) =>
        text is "=" or "==" or "!=" or "=~" or "-nt" or "-ot" or "-ef" or "-eq" or "-ne" or "-lt" or "-le" or "-gt" or "-ge";

    /// <summary>The condition and its closing brackets.</summary>
    public Condition ReadToEnd()
    {
        SkipLineEnds();
        var condition = ReadOr();
        if (!AtClosing())
            throw cursor.Unexpected("]]");
        cursor.Advance(2);
        return condition;
    }

    private Condition ReadOr()
    {
        var start = cursor.Position;
        var left = ReadAnd();
        while (cursor.Current == '|' && cursor.Peek(1) == '|')
        {
            cursor.Advance(2);
            SkipLineEnds();
            var right = ReadAnd();
            left = new AndOrCondition(cursor.SpanFrom(start), left, IsAnd: false, right);
        }

        return left;
    }

    private Condition ReadAnd()
    {
        var start = cursor.Position;
        var left = ReadTerm();
        while (cursor.Current == '&' && cursor.Peek(1) == '&')
        {
            cursor.Advance(2);
            SkipLineEnds();
            var right = ReadTerm();
            left = new AndOrCondition(cursor.SpanFrom(start), left, IsAnd: true, right);
        }

        return left;
    }

    private Condition ReadTerm()
    {
        var start = cursor.Position;
        cursor.Budget.Enter(cursor.Origin(start));
        var term = ReadTermBody(start);
        cursor.Budget.Leave();
        SkipLineEnds();
        return term;
    }

    private Condition ReadTermBody(int start)
    {
        if (ReservedWords.Is(cursor, "!"))
        {
            cursor.Advance();
            SkipLineEnds();
            var negated = ReadTerm();
            return new NotCondition(cursor.SpanFrom(start), negated);
        }

        if (cursor.Current == '(')
        {
            cursor.Advance();
            SkipLineEnds();
            var inner = ReadOr();
            if (cursor.Current != ')')
                throw cursor.Unexpected("')'");
            cursor.Advance();
            return new GroupedCondition(cursor.SpanFrom(start), inner);
        }

        var left = ReadOperand();
        commands.SkipBlanks();
        if (left.LiteralText is { } text && IsUnaryOperator(text))
        {
            if (AtTermEnd())
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "an operator without operand");
            var operand = ReadOperand();
            return new UnaryCondition(cursor.SpanFrom(start), text, operand);
        }

        if (AtTermEnd())
            return new WordCondition(cursor.SpanFrom(start), left);
        var op = ReadBinaryOperator();
        commands.SkipBlanks();
        if (AtTermEnd() || cursor.Current == '#')
            throw cursor.Unexpected("an operand");
        var right = op == "=~" ? commands.Words.ReadRegex() : ReadOperand();
        return new BinaryCondition(cursor.SpanFrom(start), left, op, right);
    }

    private string ReadBinaryOperator()
    {
        if (cursor.Current is '<' or '>' && cursor.Peek(1) is ' ' or '\t' or '$' or '"' or '\'')
        {
            var sign = cursor.Current.ToString();
            cursor.Advance();
            return sign;
        }

        var word = ReadOperand();
        if (word.LiteralText is not { } text || !IsBinaryOperator(text) || commands.Words.LastWordWasSplit)
            throw cursor.Refuse(ShellRefusalCode.Syntax, "an operator was expected inside [[");
        return text;
    }

    /// <summary>A word; what could be a comment, a descriptor or an extended pattern to bash is refused.</summary>
    private Word ReadOperand()
    {
        if (AtClosing())
            throw cursor.Unexpected("an operand");
        if (cursor.Current == '#' || commands.Redirects.AtStart)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a word of [[ that starts like a comment or a redirect");
        var word = commands.Words.Read();
        if (commands.Words.LastWordWasSplit)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a word of [[ is split over two lines");
        if (cursor.Current == '(')
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "an extended pattern");
        return word;
    }

    private bool AtClosing() => ReservedWords.Is(cursor, "]]");

    private bool AtTermEnd() => cursor.AtEnd || cursor.Current is ')' or '\n' or '&' or '|' || AtClosing();

    /// <summary>Line ends may stand between terms; documents announced outside wait for the end of the command.</summary>
    private void SkipLineEnds()
    {
        commands.SkipBlanks();
        if (cursor.Current == '\n' && commands.Documents.HasPending)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a line end in [[ while a here-document waits for its text");
        while (cursor.Current == '\n')
        {
            cursor.Advance();
            commands.SkipBlanks();
        }
    }
}
