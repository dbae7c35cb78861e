namespace Guard.Shell.Syntax;

/// <summary>Assignments, words and redirects; and <c>name()</c>, which only shows behind the first word.</summary>
internal sealed class SimpleCommandReader(SourceCursor cursor, CommandReader commands, CompoundReader compound)
{
    /// <summary>Builtins whose operands may be array assignments.</summary>
    private static bool IsDeclaration(string name) =>
        name is "declare" or "typeset" or "local" or "export" or "readonly";

    public Command Read(bool afterPipe)
    {
        var start = cursor.Position;
        var assignments = default(Gathered<Assignment>);
        var parts = default(Gathered<Word>);
        var redirects = default(Gathered<Redirect>);
        var end = start;
        var declares = false;
        var opensPipe = false;
        while (true)
        {
            commands.SkipBlanks();
            if (commands.Redirects.AtStart)
            {
                redirects.Add(commands.Redirects.Read(commands.SkipBlanks));
            }
            else if (cursor.Current == '(' && parts.Count == 1 && assignments.Count == 0 && redirects.Count == 0)
            {
                return ReadFunction(start, parts[0]);
            }
            else if (commands.Words.AtWordEnd)
            {
                break;
            }
            else if (parts.Count == 0 && AssignmentNameLength() is > 0 and var length)
            {
                if (redirects.Count > 0)
                    throw cursor.Refuse(ShellRefusalCode.Unsupported, "an assignment behind a redirect");
                assignments.Add(ReadAssignment(length));
            }
            else if (declares && AssignmentNameLength() is > 0 and var declared && OpensArray(declared))
            {
                // Behind either bash takes the parenthesis for a syntax error.
                if (redirects.Count > 0 || opensPipe)
                    throw cursor.Refuse(ShellRefusalCode.Unsupported, "an array behind a redirect or a process substitution");
                parts.Add(ReadArrayOperand(declared));
            }
            else
            {
                var word = commands.Words.Read();
                if (parts.Count == 0)
                {
                    RefuseMisleadingFirstWord(word, mayBeReserved: afterPipe || assignments.Count > 0);
                    declares = word.LiteralText is { } name && IsDeclaration(name);
                }

                opensPipe |= declares && word.Parts.Any(static part => part is ProcessSubstitutionPart);
                parts.Add(word);
            }

            end = cursor.Position;
        }

        if (end == start)
            throw cursor.Unexpected("a command");
        return new SimpleCommand(cursor.Span(start, end), assignments.Finish(), parts.Finish(), redirects.Finish());
    }

    /// <summary>Line continuations can hide an assignment or a reserved word from a reader that looks at raw text.</summary>
    private void RefuseMisleadingFirstWord(Word word, bool mayBeReserved)
    {
        if (commands.Words.LastWordWasSplit && word.Parts is [LiteralPart, ..])
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a command's name is split over two lines");
        if (word.LiteralText is { } text && ReservedWords.Contains(text) && !mayBeReserved)
            throw cursor.Refuse(ShellRefusalCode.Syntax, $"the reserved word {text} cannot stand here");
    }

    /// <summary>The length of the name in <c>name=</c>, <c>name+=</c> or <c>name[</c> at the cursor; 0 if there is none.</summary>
    private int AssignmentNameLength()
    {
        if (!Characters.IsNameStart(cursor.Current))
            return 0;
        var length = 1;
        while (Characters.IsNameCharacter(cursor.Peek(length)))
            length++;
        cursor.Budget.Step(length);
        var next = cursor.Peek(length);
        return next is '=' or '[' || (next == '+' && cursor.Peek(length + 1) == '=') ? length : 0;
    }

    private bool OpensArray(int nameLength)
    {
        var sign = cursor.Peek(nameLength) == '+' ? 2 : 1;
        return cursor.Peek(nameLength) != '[' && cursor.Peek(nameLength + sign) == '(';
    }

    private Assignment ReadAssignment(int nameLength)
    {
        var start = cursor.Position;
        cursor.Advance(nameLength);
        var name = cursor.Slice(start);
        var subscript = cursor.Current == '[' ? ReadElementSubscript() : null;
        var append = ReadSign();
        if (cursor.Current != '(')
        {
            var value = ReadValue();
            return new Assignment(cursor.SpanFrom(start), name, subscript, append, value);
        }

        if (subscript is not null)
            throw cursor.Refuse(ShellRefusalCode.Syntax, "an array cannot be an element");
        var array = ReadArray();
        return new Assignment(cursor.SpanFrom(start), name, null, append, new Word(array.Span, [array]));
    }

    /// <summary><c>name=( ... )</c> as an operand of <c>declare</c> and its like.</summary>
    private Word ReadArrayOperand(int nameLength)
    {
        var start = cursor.Position;
        cursor.Advance(nameLength);
        ReadSign();
        var prefix = new LiteralPart(cursor.SpanFrom(start), cursor.Slice(start));
        var array = ReadArray();
        return new Word(cursor.SpanFrom(start), [prefix, array]);
    }

    private bool ReadSign()
    {
        var append = cursor.Current == '+';
        if (append)
            cursor.Advance();
        if (cursor.Current != '=')
            throw cursor.Unexpected("'='");
        cursor.Advance();
        return append;
    }

    private Word ReadValue() => commands.Words.AtWordEnd
        ? new Word(cursor.SpanFrom(cursor.Position), [])
        : commands.Words.ReadPossiblyEmpty();

    /// <summary><c>[...]</c> on the left of a sign. Quotes are fine; nested brackets and blanks are refused.</summary>
    private Word ReadElementSubscript()
    {
        cursor.Advance();
        var start = cursor.Position;
        var parts = new PartCollector(cursor);
        while (cursor.Current != ']')
        {
            if (cursor.AtEnd || Characters.EndsWord(cursor.Current) || cursor.Current is '[' or '\\' or '`' or '{' or '}')
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "a subscript that is not a plain word");
            if (cursor.Current is '\'' or '"' or '$')
            {
                commands.Words.ReadUnquotedPiece(parts);
                continue;
            }

            var at = cursor.Position;
            cursor.Advance();
            parts.TakeLiteral(at);
        }

        if (cursor.Position == start)
            throw cursor.Unexpected("a subscript");
        var word = new Word(cursor.SpanFrom(start), parts.Finish());
        cursor.Advance();
        return word;
    }

    private ArrayPart ReadArray()
    {
        var start = cursor.Position;

        cursor.Budget.Enter(cursor.Origin(start));
        cursor.Advance();
        var elements = default(Gathered<ArrayElement>);
        while (true)
        {
            if (commands.Documents.HasPending)
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "an array behind a here-document on one line");
            commands.SkipLineEnds();
            if (cursor.Current == ')')
                break;
            elements.Add(ReadElement());
        }

        cursor.Advance();
        if (!Characters.EndsWord(cursor.Current))
            throw cursor.Unexpected("the end of the word");
        cursor.Budget.Leave();
        return new ArrayPart(cursor.SpanFrom(start), elements.Finish());
    }

    private ArrayElement ReadElement()
    {
        var start = cursor.Position;
        if (!AtElementSubscript())
        {
            var word = commands.Words.Read();
            if (commands.Words.LastWordWasSplit || (word.LiteralText is { } text && ReservedWords.Contains(text)))
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "an element that is a reserved word or split over two lines");

            // bash 5.2 prints a substitution and reads it again, and loses escapes in arrays on the way.
            if (commands.Documents.InSubstitution && word.Parts.Any(p => p is QuotedPart { Kind: not QuoteKind.SingleQuotes }))
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "an escape in an array inside a substitution");
            return new ArrayElement(cursor.SpanFrom(start), null, false, word);
        }

        var subscript = ReadElementSubscript();
        var append = ReadSign();
        var value = ReadValue();
        return new ArrayElement(cursor.SpanFrom(start), subscript, append, value);
    }

    /// <summary><c>[...]=</c> starts here; brackets with anything else behind them are a pattern.</summary>
    private bool AtElementSubscript()
    {
        if (cursor.Current != '[')
            return false;
        var length = 1;
        while (!Characters.IsWordSpecial(cursor.Peek(length)) && cursor.Peek(length) is not ('[' or ']'))
            length++;
        cursor.Budget.Step(length);
        return cursor.Peek(length) != ']' || cursor.Peek(length + 1) is '=' or '+';
    }

    private FunctionDefinition ReadFunction(int start, Word name)
    {
        if (name.LiteralText is not { } text || !FunctionNames.IsPlain(text) || commands.Words.LastWordWasSplit)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "'(' stands behind a word that is no plain function name");
        cursor.Advance();
        commands.SkipBlanks();
        if (cursor.Current != ')')
            throw cursor.Unexpected("')'");
        cursor.Advance();
        return compound.ReadFunctionBody(start, text);
    }
}
