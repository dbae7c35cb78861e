using System.Collections.Immutable;

namespace Guard.Shell.Syntax;

/// <summary>Commands that start with a reserved word or a parenthesis.</summary>
internal sealed class CompoundReader(SourceCursor cursor, CommandReader commands)
{
    /// <summary>The compound command, function or coprocess at the cursor; null if a simple command stands there.</summary>
    public Command? TryRead(bool afterPipe)
    {
        var start = cursor.Position;
        if (cursor.Current == '(')
            return ReadParenthesis(start);
        if (ReservedWords.At(cursor) is not { } word || (afterPipe && word is "time"))
            return null;
        switch (word)
        {
            case "{":
                return ReadGroup(start);
            case "if":
                return ReadIf(start);
            case "for":
                return ReadFor(start);
            case "select":
                return ReadSelect(start);
            case "while" or "until":
                return ReadLoop(start, word);
            case "case":
                return ReadCase(start);
            case "[[":
                return ReadCondition(start);
            case "function":
                return ReadFunctionKeyword(start);
            case "coproc":
                return ReadCoprocess(start);
            default:
                throw cursor.Refuse(ShellRefusalCode.Syntax, $"the reserved word {word} cannot stand here");
        }
    }

    /// <summary>The compound command behind <c>name()</c>.</summary>
    public FunctionDefinition ReadFunctionBody(int start, string name)
    {
        commands.SkipLineEnds();
        cursor.Budget.Enter(cursor.Origin(cursor.Position));
        if (TryRead(afterPipe: false) is not CompoundCommand body)
            throw cursor.Unexpected("the body of a function");
        cursor.Budget.Leave();
        return new FunctionDefinition(cursor.SpanFrom(start), name, body);
    }

    private CompoundCommand ReadParenthesis(int start)
    {
        if (cursor.Peek(1) == '(')
        {
            cursor.Advance(2);
            var expression = commands.Words.Arithmetic.ReadText("");
            commands.Words.Arithmetic.ReadClosing();
            var arithmeticRedirects = ReadRedirects();
            return new ArithmeticCommand(cursor.SpanFrom(start), expression, arithmeticRedirects);
        }

        cursor.Advance();
        commands.RefuseSplitOperator();
        var body = commands.ReadNonEmptyList(ListEnd.Parenthesis);
        Require(')');
        var redirects = ReadRedirects();
        return new Subshell(cursor.SpanFrom(start), body, redirects);
    }

    private Group ReadGroup(int start)
    {
        cursor.Advance();
        var body = commands.ReadNonEmptyList(ListEnd.Brace);
        cursor.Advance();
        var redirects = ReadRedirects();
        return new Group(cursor.SpanFrom(start), body, redirects);
    }

    private IfCommand ReadIf(int start)
    {
        var branches = ImmutableArray.CreateBuilder<IfBranch>();
        CommandList? otherwise = null;
        var branchStart = start;
        cursor.Advance(2);
        while (true)
        {
            var condition = commands.ReadNonEmptyList(ListEnd.Then);
            cursor.Advance(4);
            var body = commands.ReadNonEmptyList(ListEnd.IfBranch);
            branches.Add(new IfBranch(cursor.SpanFrom(branchStart), condition, body));
            branchStart = cursor.Position;
            if (!ReservedWords.Is(cursor, "elif"))
                break;
            cursor.Advance(4);
        }

        if (ReservedWords.Is(cursor, "else"))
        {
            cursor.Advance(4);
            otherwise = commands.ReadNonEmptyList(ListEnd.Fi);
        }

        cursor.Advance(2);
        var redirects = ReadRedirects();
        return new IfCommand(cursor.SpanFrom(start), branches.ToImmutable(), otherwise, redirects);
    }

    private LoopCommand ReadLoop(int start, string word)
    {
        cursor.Advance(word.Length);
        var condition = commands.ReadNonEmptyList(ListEnd.Do);
        cursor.Advance(2);
        var body = commands.ReadNonEmptyList(ListEnd.Done);
        cursor.Advance(4);
        var redirects = ReadRedirects();
        return new LoopCommand(cursor.SpanFrom(start), word == "until", condition, body, redirects);
    }

    private CompoundCommand ReadFor(int start)
    {
        cursor.Advance(3);
        commands.SkipBlanks();
        if (cursor.Current == '(' && cursor.Peek(1) == '(')
            return ReadArithmeticFor(start);
        var (variable, words) = ReadLoopHead();
        var body = ReadLoopBody();
        var redirects = ReadRedirects();
        return new ForCommand(cursor.SpanFrom(start), variable, words, body, redirects);
    }

    private SelectCommand ReadSelect(int start)
    {
        cursor.Advance(6);
        commands.SkipBlanks();
        var (variable, words) = ReadLoopHead();
        var body = ReadLoopBody();
        var redirects = ReadRedirects();
        return new SelectCommand(cursor.SpanFrom(start), variable, words, body, redirects);
    }

    private ArithmeticForCommand ReadArithmeticFor(int start)
    {
        cursor.Advance(2);
        var first = commands.Words.Arithmetic.ReadText(";");
        Require(';');
        var condition = commands.Words.Arithmetic.ReadText(";");
        Require(';');
        var step = commands.Words.Arithmetic.ReadText(";");
        commands.Words.Arithmetic.ReadClosing();
        commands.SkipBlanks();
        if (cursor.Current == ';')
            cursor.Advance();
        commands.SkipLineEnds();
        var body = ReadLoopBody();
        var redirects = ReadRedirects();
        return new ArithmeticForCommand(cursor.SpanFrom(start), first, condition, step, body, redirects);
    }

    /// <summary>The variable and the words of <c>for</c> and <c>select</c>, up to the loop's body.</summary>
    private (string Variable, ImmutableArray<Word>? Words) ReadLoopHead()
    {
        var name = commands.Words.Read();
        if (name.LiteralText is not { } variable || !Characters.IsName(variable) || commands.Words.LastWordWasSplit)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a loop's variable must be a plain name");
        commands.SkipBlanks();
        if (cursor.Current == ';')
        {
            cursor.Advance();
            commands.SkipLineEnds();
            return (variable, null);
        }

        var end = cursor.Position;
        commands.SkipLineEnds();

        // bash looks for the word `in` here, and takes a brace for one like any other.
        if (cursor.Position == end && cursor.Current == '{')
            throw cursor.Unexpected("do");
        if (!ReservedWords.Is(cursor, "in"))
            return (variable, null);
        cursor.Advance(2);
        var words = ImmutableArray.CreateBuilder<Word>();
        while (true)
        {
            commands.SkipBlanks();
            if (cursor.Current is ';' or '\n')
                break;
            if (commands.Redirects.AtStart)
                throw cursor.Unexpected("a word");
            words.Add(commands.Words.Read());
        }

        if (cursor.Current == ';')
        {
            if (cursor.Peek(1) is ';' or '&')
                throw cursor.Unexpected("the loop's body");
            cursor.Advance();
        }

        commands.SkipLineEnds();
        return (variable, words.ToImmutable());
    }

    private CommandList ReadLoopBody()
    {
        var (opening, closing, end) = cursor.Current == '{' ? ("{", "}", ListEnd.Brace) : ("do", "done", ListEnd.Done);
        if (!ReservedWords.Is(cursor, opening))
            throw cursor.Unexpected("do");
        cursor.Advance(opening.Length);
        var body = commands.ReadNonEmptyList(end);
        cursor.Advance(closing.Length);
        return body;
    }

    private CaseCommand ReadCase(int start)
    {
        cursor.Advance(4);
        commands.SkipBlanks();
        var subject = commands.Words.Read();
        commands.SkipLineEnds();
        if (!ReservedWords.Is(cursor, "in"))
            throw cursor.Unexpected("in");
        cursor.Advance(2);
        var clauses = ImmutableArray.CreateBuilder<CaseClause>();
        commands.SkipLineEnds();
        while (!ReservedWords.Is(cursor, "esac"))
        {
            clauses.Add(ReadClause(out var last));
            commands.SkipLineEnds();
            if (last)
                break;
        }

        if (!ReservedWords.Is(cursor, "esac"))
            throw cursor.Unexpected("esac");
        cursor.Advance(4);
        var redirects = ReadRedirects();
        return new CaseCommand(cursor.SpanFrom(start), subject, clauses.ToImmutable(), redirects);
    }

    private CaseClause ReadClause(out bool last)
    {
        var start = cursor.Position;
        if (cursor.Current == '(')
        {
            cursor.Advance();
            commands.SkipBlanks();
        }

        var patterns = ImmutableArray.CreateBuilder<Word>();
        while (true)
        {
            if (ReservedWords.Is(cursor, "esac"))
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "the reserved word esac as a pattern");
            if (commands.Redirects.AtStart)
                throw cursor.Unexpected("a pattern");
            patterns.Add(commands.Words.Read());
            if (commands.Words.LastWordWasSplit || patterns[^1].LiteralText is "{" or "}")
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "a pattern that is a brace or split over two lines");
            commands.SkipBlanks();
            if (cursor.Current != '|' || cursor.Peek(1) is '|' or '&')
                break;
            cursor.Advance();
            commands.RefuseSplitOperator();
            commands.SkipBlanks();
        }

        Require(')');
        var body = commands.ReadList(ListEnd.CaseClause);
        var end = CaseEnd.Leave;
        last = cursor.Current != ';';
        if (!last)
        {
            cursor.Advance();
            if (cursor.Current == '&')
            {
                end = CaseEnd.FallThrough;
            }
            else if (cursor.Peek(1) == '&')
            {
                end = CaseEnd.TestNext;
                cursor.Advance();
            }

            cursor.Advance();
            commands.RefuseSplitOperator();
        }

        return new CaseClause(cursor.SpanFrom(start), patterns.ToImmutable(), body.Items.IsEmpty ? null : body, end);
    }

    private ConditionCommand ReadCondition(int start)
    {
        cursor.Advance(2);
        var condition = new ConditionReader(cursor, commands).ReadToEnd();
        var redirects = ReadRedirects();
        return new ConditionCommand(cursor.SpanFrom(start), condition, redirects);
    }

    private FunctionDefinition ReadFunctionKeyword(int start)
    {
        cursor.Advance(8);
        commands.SkipBlanks();
        var name = commands.Words.Read();
        if (name.LiteralText is not { } text || !FunctionNames.IsPlain(text) || commands.Words.LastWordWasSplit)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a function's name must be plain");
        commands.SkipBlanks();
        if (cursor.Current == '(' && cursor.Peek(1) != '(')
        {
            cursor.Advance();
            commands.SkipBlanks();
            if (cursor.Current != ')')
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "a function whose body is a subshell needs () behind its name");
            cursor.Advance();
        }

        return ReadFunctionBody(start, text);
    }

    private Coprocess ReadCoprocess(int start)
    {
        cursor.Advance(6);
        commands.SkipBlanks();
        var name = "COPROC";
        if (ReservedWords.At(cursor) is null && cursor.Current != '(')
        {
            var bodyStart = cursor.Position;
            var length = 0;
            while (Characters.IsNameCharacter(cursor.Peek(length)))
                length++;
            cursor.Budget.Step(length);
            if (length > 0 && Characters.IsBlank(cursor.Peek(length)))
            {
                var ahead = length;
                while (Characters.IsBlank(cursor.Peek(ahead)))
                    ahead++;
                cursor.Budget.Step(ahead);
                if (cursor.Peek(ahead) == '{' && Characters.EndsWord(cursor.Peek(ahead + 1)))
                {
                    name = cursor.Slice(bodyStart, bodyStart + length);
                    cursor.Advance(ahead);
                }
            }
        }
        else if (ReservedWords.At(cursor) is "time" or "!" or "coproc" or "function")
        {
            throw cursor.Unexpected("a command");
        }

        if (!Characters.IsName(name))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a coprocess's name must be plain");
        var body = commands.ReadCommand(afterPipe: false);
        if (body is FunctionDefinition || (body is SimpleCommand { Words: var words } && RefusesFollower(words)))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a coprocess that could be read in two ways");
        return new Coprocess(cursor.SpanFrom(start), name, body);
    }

    /// <summary>Behind <c>coproc NAME</c> bash accepts any compound command; only the braces are read here.</summary>
    private static bool RefusesFollower(ImmutableArray<Word> words) => words.Length > 1 && words[1].LiteralText is { } text && ReservedWords.Contains(text);

    private ImmutableArray<Redirect> ReadRedirects() => commands.Redirects.ReadAll(commands.SkipBlanks);

    private void Require(char c)
    {
        if (cursor.Current != c)
            throw cursor.Unexpected($"'{c}'");
        cursor.Advance();
    }
}
