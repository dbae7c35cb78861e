using System.Text;

namespace Guard.Shell.Syntax;

/// <summary>Writes a tree as a shell text with one command per line. bash reads the result as it reads the original.</summary>
public sealed class SyntaxPrinter
{
    private const string Indent = "  ";

    private readonly string _source;
    private readonly StringBuilder _output = new();
    private readonly Queue<HereDocument> _documents = new();
    private int _depth;

    private SyntaxPrinter(string source) => _source = source;

    /// <summary>Words are shown as they were written; only the structure is laid out anew.</summary>
    public static string Print(ShellScript script)
    {
        var printer = new SyntaxPrinter(script.Source);
        printer.PrintItems(script.Body);
        return printer._output.ToString();
    }

    private void PrintItems(CommandList list)
    {
        foreach (var item in list.Items)
        {
            BeginLine();
            PrintCommand(item.Command);
            if (item.Background)
                _output.Append(" &");
            EndLine();
        }
    }

    private void PrintBody(CommandList? list)
    {
        _depth++;
        if (list is not null)
            PrintItems(list);
        _depth--;
    }

    private void PrintCommand(Command command)
    {
        switch (command)
        {
            case SimpleCommand simple:
                PrintSimple(simple);
                break;
            case Pipeline pipeline:
                PrintPipeline(pipeline);
                break;
            case AndOr pair:
                PrintCommand(pair.Left);
                _output.Append(pair.IsAnd ? " && " : " || ");
                PrintCommand(pair.Right);
                break;
            case FunctionDefinition function:
                Append("function ", function.Name, " ");
                PrintCommand(function.Body);
                break;
            case Coprocess coprocess:
                Append("coproc ");
                if (coprocess.Body is not SimpleCommand)
                    Append(coprocess.Name, " ");
                PrintCommand(coprocess.Body);
                break;
            case CompoundCommand compound:
                PrintCompound(compound);
                PrintRedirects(compound.Redirects);
                break;
            default:
                throw new InvalidOperationException("An unknown kind of command.");
        }
    }

    private void PrintSimple(SimpleCommand simple)
    {
        // Behind a redirect a word that is reserved elsewhere names a program.
        var isReserved = simple.Assignments.IsEmpty && !simple.Redirects.IsEmpty && simple.Words is [{ LiteralText: { } name }, ..] && ReservedWords.Contains(name);
        if (isReserved)
            PrintRedirects(simple.Redirects, "");
        var separator = isReserved ? " " : "";
        foreach (var node in simple.Assignments.Cast<SyntaxNode>().Concat(simple.Words))
        {
            Append(separator, node.Span.Of(_source));
            separator = " ";
        }

        if (!isReserved)
            PrintRedirects(simple.Redirects, separator);
    }

    private void PrintRedirects(IEnumerable<Redirect> redirects, string separator = " ")
    {
        foreach (var redirect in redirects)
        {
            Append(separator, redirect.Span.Of(_source));
            separator = " ";
            if (redirect.Document is { } document)
                _documents.Enqueue(document);
        }
    }

    private void PrintPipeline(Pipeline pipeline)
    {
        _output.Append(pipeline.Timing switch { PipelineTiming.Posix => "time -p ", PipelineTiming.Default => "time ", _ => "" });
        if (pipeline.Negated)
            _output.Append("! ");
        for (var i = 0; i < pipeline.Commands.Length; i++)
        {
            PrintCommand(pipeline.Commands[i]);
            if (i + 1 < pipeline.Commands.Length)
                _output.Append(pipeline.ErrorsToo[i] ? " |& " : " | ");
        }
    }

    private void PrintCompound(CompoundCommand compound)
    {
        switch (compound)
        {
            case Group group:
                PrintBraced("{", group.Body, "}");
                break;
            case Subshell subshell:
                PrintBraced("(", subshell.Body, ")");
                break;
            case IfCommand conditional:
                PrintIf(conditional);
                break;
            case ForCommand loop:
                PrintWordLoop("for ", loop.Variable, loop.Words, loop.Body);
                break;
            case SelectCommand loop:
                PrintWordLoop("select ", loop.Variable, loop.Words, loop.Body);
                break;
            case ArithmeticForCommand loop:
                Append("for ((", Source(loop.Start), ";", Source(loop.Condition), ";", Source(loop.Step), "))");
                EndLine();
                PrintLine("do");
                PrintBody(loop.Body);
                PrintClosing("done");
                break;
            case LoopCommand loop:
                _output.Append(loop.IsUntil ? "until" : "while");
                EndLine();
                PrintBody(loop.Condition);
                PrintLine("do");
                PrintBody(loop.Body);
                PrintClosing("done");
                break;
            case CaseCommand choice:
                PrintCase(choice);
                break;
            case ArithmeticCommand arithmetic:
                Append("((", Source(arithmetic.Expression), "))");
                break;
            case ConditionCommand condition:
                _output.Append("[[ ");
                PrintCondition(condition.Condition);
                _output.Append(" ]]");
                break;
            default:
                throw new InvalidOperationException("An unknown kind of command.");
        }
    }

    private void PrintBraced(string opening, CommandList body, string closing)
    {
        _output.Append(opening);
        EndLine();
        PrintBody(body);
        PrintClosing(closing);
    }

    private void PrintIf(IfCommand conditional)
    {
        var keyword = "if";
        foreach (var branch in conditional.Branches)
        {
            if (keyword == "elif")
                BeginLine();
            _output.Append(keyword);
            EndLine();
            PrintBody(branch.Condition);
            PrintLine("then");
            PrintBody(branch.Body);
            keyword = "elif";
        }

        if (conditional.Else is not null)
        {
            PrintLine("else");
            PrintBody(conditional.Else);
        }

        PrintClosing("fi");
    }

    private void PrintWordLoop(string keyword, string variable, IEnumerable<Word>? words, CommandList body)
    {
        Append(keyword, variable);
        if (words is not null)
        {
            _output.Append(" in");
            foreach (var word in words)
                Append(" ", Source(word));
        }

        EndLine();
        PrintLine("do");
        PrintBody(body);
        PrintClosing("done");
    }

    private void PrintCase(CaseCommand choice)
    {
        Append("case ", Source(choice.Subject), " in");
        EndLine();
        _depth++;
        foreach (var clause in choice.Clauses)
        {
            BeginLine();
            Append("(", string.Join(" | ", clause.Patterns.Select(Source)), ")");
            EndLine();
            PrintBody(clause.Body);
            PrintLine(clause.End switch { CaseEnd.FallThrough => ";&", CaseEnd.TestNext => ";;&", _ => ";;" });
        }

        _depth--;
        PrintClosing("esac");
    }

    private void PrintCondition(Condition condition)
    {
        switch (condition)
        {
            case NotCondition not:
                _output.Append("! ");
                PrintCondition(not.Inner);
                break;
            case GroupedCondition grouped:
                _output.Append("( ");
                PrintCondition(grouped.Inner);
                _output.Append(" )");
                break;
            case AndOrCondition pair:
                PrintCondition(pair.Left);
                _output.Append(pair.IsAnd ? " && " : " || ");
                PrintCondition(pair.Right);
                break;
            case WordCondition word:
                _output.Append(Source(word.Word));
                break;
            case UnaryCondition unary:
                Append(unary.Operator, " ", Source(unary.Operand));
                break;
            case BinaryCondition binary:
                Append(Source(binary.Left), " ", binary.Operator, " ", Source(binary.Right));
                break;
            default:
                throw new InvalidOperationException("An unknown kind of condition.");
        }
    }

    private string Source(Word word) => word.Span.Of(_source);

    private void PrintLine(string text)
    {
        BeginLine();
        _output.Append(text);
        EndLine();
    }

    private void PrintClosing(string text)
    {
        BeginLine();
        _output.Append(text);
    }

    private void BeginLine() => _output.Insert(_output.Length, Indent, _depth);

    private void EndLine()
    {
        _output.Append('\n');
        while (_documents.TryDequeue(out var document))
            Append(document.Body.Span.Of(_source), document.Delimiter, "\n");
    }

    private void Append(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
            _output.Append(text);
    }
}
