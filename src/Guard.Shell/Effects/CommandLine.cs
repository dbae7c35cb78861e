namespace Guard.Shell.Effects;

/// <summary>An option as found on the line.</summary>
internal sealed record FoundOption(OptionSpec Option, Argument[] Values, int Word, bool AttachedShort);

internal readonly record struct FoundOperand(Argument Argument, int Word, bool BehindDashes);

/// <summary>An argument vector read by the description of its program: which words are options, values, subcommands, operands.</summary>
internal sealed class CommandLine
{
    public required Argument[] Words { get; init; }

    /// <summary>The program's entry and those of the subcommands found, outermost first.</summary>
    public List<ProgramNode> Nodes { get; } = [];

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

    public bool Holds(Condition condition)
    {
        int operands = Operands.Count - (Leaf.Assignments ? Operands.TakeWhile(o => CommandLineReader.IsAssignment(o.Argument.Text)).Count() : 0);
        foreach (Condition.Atom[] group in condition.Groups)
        {
            bool any = false;
            foreach (Condition.Atom atom in group)
            {
                bool found = atom.CountsOperands
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
