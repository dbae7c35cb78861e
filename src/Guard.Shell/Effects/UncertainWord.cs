namespace Guard.Shell.Effects;

/// <summary>What a command may do by a word that may be an option, an operand or a subcommand: everything that the program's description knows of.</summary>
internal static class UncertainWord
{
    public static void Add(EffectSink sink, CommandLine line, Traits traits)
    {
        if (line.UncertainWord < 0)
        {
            return;
        }

        FileUse uses = FileUse.None;
        foreach (OperandSlot slot in (traits.Operands ?? OperandSlots.Guesses).Slots)
        {
            uses |= slot.Use.File;
        }

        bool starts = !line.Leaf.Complete;
        foreach (ProgramNode node in line.Nodes)
        {
            foreach (OptionSpec option in node.Options.Values)
            {
                foreach (ValueUse use in option.Values)
                {
                    uses |= use.File;
                    starts |= use.Starts;
                }
            }

            starts |= node.Cases.Any(c => c.Then.Effects.Count > 0);
        }

        if (uses != FileUse.None)
        {
            sink.File(Argument.Unknown, new ValueUse(ValueKind.File, uses, Tree: true), line.UncertainWord, isImplicit: false);
        }

        if (starts)
        {
            sink.Opaque.Add(new OpaqueReason("unknown-word", line.UncertainWord));
        }

        if (line.UnknownSubcommandWord >= 0 && !line.Words[line.UnknownSubcommandWord].IsKnown)
        {
            sink.Opaque.Add(new OpaqueReason("unknown-subcommand", line.UnknownSubcommandWord));
        }
    }
}
