namespace Guard.Shell.Effects;

/// <summary>An option as found on the line.</summary>
internal sealed record FoundOption(OptionSpec Option, Argument[] Values, int Word, bool AttachedShort);

internal readonly record struct FoundOperand(Argument Argument, int Word, bool BehindDashes);

/// <summary>An argument vector read by the description of its program: which words are options, values, subcommands, operands.</summary>
/// <remarks>
/// A line has many commands, and each would need these lists: they are taken from the thread's spare and given back. Nothing that leaves with the
/// effects of a command refers to one of them.
/// </remarks>
internal sealed class CommandLine
{
    /// <summary>One that had more words than this is not kept.</summary>
    private const int KeptWords = 256;

    [ThreadStatic]
    private static CommandLine? s_spare;

    private CommandLine()
    {
    }

    public Argument[] Words { get; private set; } = [];

    /// <summary>The program's entry and those of the subcommands found, outermost first.</summary>
    public List<ProgramNode> Nodes { get; } = new(2);

    public List<FoundOption> Options { get; } = [];

    public List<FoundOperand> Operands { get; } = [];

    /// <summary>Words that begin with a dash and are not described.</summary>
    public List<(Argument Text, int Word)> UnknownOptions { get; } = [];

    /// <summary>Words of the canonical form behind the program and subcommand, with the node whose option they belong to (null: none).</summary>
    public List<(Argument Word, ProgramNode? Owner)> Rest { get; } = [];

    /// <summary>A word of which it is not known whether it is an option, or how many words it is: operands may stand elsewhere than they seem to.</summary>
    public int UncertainWord { get; set; } = -1;

    /// <summary>The first operand of a program with subcommands is none of them.</summary>
    public int UnknownSubcommandWord { get; set; } = -1;

    public ProgramNode Leaf => Nodes[^1];

    public static CommandLine Take(Argument[] words)
    {
        CommandLine line = s_spare ?? new CommandLine();
        s_spare = null;
        line.Words = words;
        return line;
    }

    public void GiveBack()
    {
        if (Words.Length > KeptWords)
        {
            return;
        }

        Words = [];
        Nodes.Clear();
        Options.Clear();
        Operands.Clear();
        UnknownOptions.Clear();
        Rest.Clear();
        UncertainWord = -1;
        UnknownSubcommandWord = -1;
        s_spare = this;
    }

    /// <summary>Operands that name a subcommand which the entry does not list.</summary>
    public string[] Named()
    {
        // Behind a word of which it is not known whether it takes the next one as its value, no operand is certain.
        if (Leaf.Named == 0)
        {
            return [];
        }

        int doubtful = UnknownOptions.Select(o => o.Word).Append(UncertainWord).Where(at => at >= 0).DefaultIfEmpty(int.MaxValue).Min();
        return [.. Operands.Take(Leaf.Named).TakeWhile(o => o.Argument.IsKnown && !o.BehindDashes && o.Word < doubtful).Select(o => o.Argument.Text)];
    }

    public bool Has(Condition.Atom atom)
    {
        foreach (FoundOption found in Options)
        {
            if (Array.IndexOf(found.Option.Names, atom.Option) >= 0
                && (atom.Value is null || found.Values is [var value, ..] && (!value.IsKnown || value.Text.Equals(atom.Value, StringComparison.OrdinalIgnoreCase))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The line holds SQL, by the description without its cases, and every statement of it only reads.</summary>
    private bool SqlOnlyReads()
    {
        bool any = false;
        foreach (FoundOption found in Options)
        {
            for (int i = 0; i < Math.Min(found.Option.Values.Length, found.Values.Length); i++)
            {
                if (found.Option.Values[i].Kind == ValueKind.Sql)
                {
                    any = true;
                    if (!SqlStatements.OnlyRead(found.Values[i]))
                    {
                        return false;
                    }
                }
            }
        }

        foreach ((FoundOperand operand, ValueUse use) in AssignedOperands.Of(this, Leaf.Traits))
        {
            if (use.Kind == ValueKind.Sql)
            {
                any = true;
                if (!SqlStatements.OnlyRead(operand.Argument))
                {
                    return false;
                }
            }
        }

        return any;
    }

    public bool Holds(Condition condition)
    {
        int operands = Operands.Count - (Leaf.Assignments ? Operands.TakeWhile(o => CommandLineReader.IsAssignment(o.Argument.Text)).Count() : 0);
        foreach (Condition.Atom[] group in condition.Groups)
        {
            bool any = false;
            foreach (Condition.Atom atom in group)
            {
                bool found = atom.AsksForReadingSql ? SqlOnlyReads()
                    : atom.CountsOperands
                    ? atom.AtLeast ? operands >= atom.Count : operands == atom.Count
                    : Has(atom);
                any |= found != atom.Negated;
            }

            if (!any)
            {
                return false;
            }
        }

        return true;
    }
}
