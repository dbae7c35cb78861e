namespace Guard.Shell.Syntax;

/// <summary>Lists, and-or chains and pipelines. Compound commands are in <see cref="CompoundReader"/>, simple ones in <see cref="SimpleCommandReader"/>.</summary>
internal sealed class CommandReader
{
    private readonly SourceCursor _cursor;
    private readonly CompoundReader _compound;
    private readonly SimpleCommandReader _simple;

    /// <param name="cursor">Where to read.</param>
    /// <param name="outer">The here-documents of the command around this one on the same text; null for a text of its own.</param>
    public CommandReader(SourceCursor cursor, HereDocumentReader? outer = null)
    {
        _cursor = cursor;
        Documents = new HereDocumentReader(cursor, outer);
        Words = new WordReader(cursor, Documents);
        Redirects = new RedirectReader(cursor, Words, Documents);
        _compound = new CompoundReader(cursor, this);
        _simple = new SimpleCommandReader(cursor, this, _compound);
    }

    public HereDocumentReader Documents { get; }

    public WordReader Words { get; }

    public RedirectReader Redirects { get; }

    /// <summary>A whole text. May hold no command at all.</summary>
    public CommandList ReadProgram()
    {
        var list = ReadList(ListEnd.Text);
        Documents.RequireNonePending();
        return list;
    }

    /// <summary>The text up to a closing parenthesis, which is consumed.</summary>
    public CommandList ReadParenthesized()
    {
        var list = ReadList(ListEnd.Parenthesis);
        Documents.RequireNonePending();
        if (_cursor.Current != ')')
            throw _cursor.Unexpected("')'");
        _cursor.Advance();
        return list;
    }

    /// <summary>Commands up to, not including, what ends the list. The caller checks whether it may be empty.</summary>
    public CommandList ReadList(ListEnd end)
    {
        var items = default(Gathered<ListItem>);
        SkipLineEnds();
        var start = _cursor.Position;
        var stop = start;
        while (!AtListEnd(end))
        {
            var itemStart = _cursor.Position;
            var command = ReadAndOr();
            var background = false;
            stop = _cursor.Position;
            SkipBlanks();
            var separated = true;
            if (_cursor.Current == ';' && _cursor.Peek(1) is not (';' or '&'))
            {
                _cursor.Advance();
                RefuseSplitOperator();
            }
            else if (_cursor.Current == '&' && _cursor.Peek(1) != '&')
            {
                background = true;
                _cursor.Advance();
                RefuseSplitOperator();
                stop = _cursor.Position;
            }
            else
            {
                separated = _cursor.Current == '\n';
            }

            items.Add(new ListItem(_cursor.Span(itemStart, stop), command, background));
            SkipLineEnds();
            if (separated)
                continue;

            // A reserved word right behind `)`, `}` or `fi` closes the list; behind a redirect's target it would be a word.
            var closedByWord = !_cursor.AtEnd && _cursor.Current is not (')' or ';');
            if (!AtListEnd(end) || (closedByWord && !EndsWithCompound(command)))
                throw _cursor.Unexpected("the end of the command");
        }

        return new CommandList(_cursor.Span(start, stop), items.Finish());
    }

    public CommandList ReadNonEmptyList(ListEnd end)
    {
        var list = ReadList(end);
        if (list.Items.IsEmpty)
            throw _cursor.Unexpected("a command");
        return list;
    }

    /// <summary>Blanks, line continuations and comments; stops before a line end.</summary>
    public void SkipBlanks()
    {
        while (true)
        {
            if (Characters.IsBlank(_cursor.Current))
                _cursor.Advance();
            else if (_cursor.AtContinuation)
                _cursor.Advance(2);
            else
                break;
        }

        if (_cursor.Current != '#')
            return;
        while (!_cursor.AtEnd && _cursor.Current != '\n')
            _cursor.Advance();
    }

    /// <summary>Blanks, comments and line ends. Here-documents announced on a line are read at its end.</summary>
    public void SkipLineEnds()
    {
        SkipBlanks();
        while (_cursor.Current == '\n')
        {
            _cursor.Advance();
            Documents.ReadPending();
            SkipBlanks();
        }
    }

    /// <summary>A continuation behind an operator is harmless unless what follows it would have made another operator.</summary>
    public void RefuseSplitOperator()
    {
        if (!_cursor.AtContinuation)
            return;
        _cursor.SkipContinuations();
        if (_cursor.Current is '|' or '&' or ';' or '<' or '>' or '(' or '-' or ')')
            throw _cursor.Refuse(ShellRefusalCode.Unsupported, "an operator is split over two lines");
    }

    public Command ReadAndOr()
    {
        var start = _cursor.Position;
        var left = ReadPipeline();
        while (true)
        {
            SkipBlanks();
            if (_cursor.Current is not ('&' or '|') || _cursor.Peek(1) != _cursor.Current)
                return left;
            var isAnd = _cursor.Current == '&';
            _cursor.Advance(2);
            SkipLineEnds();
            var right = ReadPipeline();
            left = new AndOr(_cursor.SpanFrom(start), left, isAnd, right);
        }
    }

    private Command ReadPipeline()
    {
        var start = _cursor.Position;
        var negated = false;
        var timing = PipelineTiming.None;
        while (_cursor.Current is '!' or 't')
        {
            if (ReservedWords.Is(_cursor, "!"))
            {
                _cursor.Advance();
                negated = !negated;
            }
            else if (ReservedWords.Is(_cursor, "time"))
            {
                _cursor.Advance(4);
                timing = timing == PipelineTiming.Posix ? timing : PipelineTiming.Default;
                SkipBlanks();
                if (ReservedWords.Is(_cursor, "-p"))
                {
                    _cursor.Advance(2);
                    timing = PipelineTiming.Posix;
                    SkipBlanks();
                }

                if (ReservedWords.Is(_cursor, "--"))
                {
                    _cursor.Advance(2);
                    timing = PipelineTiming.Posix;
                }
            }
            else
            {
                break;
            }

            SkipBlanks();
            if (timing != PipelineTiming.None && _cursor.Current == '-')
                throw _cursor.Refuse(ShellRefusalCode.Unsupported, "an option of the reserved word time");
        }

        var first = ReadCommand(afterPipe: false);

        // bash 5.2 prints a substitution and reads it again, and does not print this so that it could.
        if (timing != PipelineTiming.None && Documents.InSubstitution && first is not SimpleCommand { Assignments.IsEmpty: true })
            throw _cursor.Refuse(ShellRefusalCode.Unsupported, "the reserved word time before such a command inside a substitution");
        var commands = default(Gathered<Command>);
        var errorsToo = default(Gathered<bool>);
        while (true)
        {
            SkipBlanks();
            if (_cursor.Current != '|' || _cursor.Peek(1) == '|')
                break;
            if (commands.Count == 0)
                commands.Add(first);
            _cursor.Advance();
            var withErrors = _cursor.Current == '&';
            if (withErrors)
                _cursor.Advance();
            RefuseSplitOperator();
            errorsToo.Add(withErrors);
            SkipBlanks();
            var endsLine = _cursor.Current is '\n' or '#';
            SkipLineEnds();

            // Behind one line end and a plain pipe it is a command, behind others bash refuses it.
            if (endsLine && ReservedWords.Is(_cursor, "time"))
                throw _cursor.Refuse(ShellRefusalCode.Unsupported, "the word time on the line after a pipe");
            commands.Add(ReadCommand(afterPipe: true));
        }

        if (commands.Count == 0)
        {
            if (!negated && timing == PipelineTiming.None)
                return first;
            commands.Add(first);
        }

        errorsToo.Add(false);
        return new Pipeline(_cursor.SpanFrom(start), commands.Finish(), errorsToo.Finish(), negated, timing);
    }

    public Command ReadCommand(bool afterPipe)
    {
        _cursor.Budget.Enter(_cursor.Origin(_cursor.Position));
        var command = _compound.TryRead(afterPipe) ?? _simple.Read(afterPipe);
        _cursor.Budget.Leave();
        return command;
    }

    /// <summary>The command's last token closes a compound command.</summary>
    private static bool EndsWithCompound(Command command) => command switch
    {
        CompoundCommand compound => compound.Redirects.IsEmpty,
        FunctionDefinition function => EndsWithCompound(function.Body),
        Pipeline pipeline => EndsWithCompound(pipeline.Commands[^1]),
        AndOr pair => EndsWithCompound(pair.Right),
        Coprocess coprocess => EndsWithCompound(coprocess.Body),
        _ => false,
    };

    private bool AtListEnd(ListEnd end) => end switch
    {
        ListEnd.Text => _cursor.AtEnd,
        ListEnd.Parenthesis => _cursor.Current == ')',
        ListEnd.Brace => ReservedWords.Is(_cursor, "}"),
        ListEnd.Then => ReservedWords.Is(_cursor, "then"),
        ListEnd.Do => ReservedWords.Is(_cursor, "do"),
        ListEnd.Done => ReservedWords.Is(_cursor, "done"),
        ListEnd.Fi => ReservedWords.Is(_cursor, "fi"),
        ListEnd.IfBranch => ReservedWords.Is(_cursor, "fi") || ReservedWords.Is(_cursor, "else") || ReservedWords.Is(_cursor, "elif"),
        ListEnd.CaseClause => (_cursor.Current == ';' && _cursor.Peek(1) is ';' or '&') || ReservedWords.Is(_cursor, "esac"),
        _ => throw new InvalidOperationException("An unknown end of a list."),
    };
}
