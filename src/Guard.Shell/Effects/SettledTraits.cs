namespace Guard.Shell.Effects;

/// <summary>What holds for one command line: the subcommand's description with its cases; of outer nodes only what their options do.</summary>
internal static class SettledTraits
{
    public static Traits Of(CommandLine line)
    {
        Traits settled = new();
        foreach (ProgramNode node in line.Nodes)
        {
            bool leaf = ReferenceEquals(node, line.Leaf);
            if (leaf)
            {
                Overlay(settled, node.Traits);
            }

            foreach ((Condition when, Traits then) in node.Cases)
            {
                if (!line.Holds(when))
                {
                    continue;
                }

                if (leaf)
                {
                    Overlay(settled, then);
                }
                else
                {
                    settled.Effects.AddRange(then.Effects);
                    settled.Kinds.AddRange(then.Kinds);
                }
            }
        }

        return settled;
    }

    private static void Overlay(Traits settled, Traits over)
    {
        settled.Operands = over.Operands ?? settled.Operands;
        settled.Dashes = over.Dashes ?? settled.Dashes;
        settled.Subtree = over.Subtree ?? settled.Subtree;
        settled.Default = over.Default ?? settled.Default;
        settled.LeftOut = over.LeftOut ?? settled.LeftOut;
        settled.Filter = over.Filter ?? settled.Filter;
        settled.Inert = over.Inert ?? settled.Inert;
        settled.Wrapper = over.Wrapper ?? settled.Wrapper;
        settled.Output = over.Output ?? settled.Output;
        settled.Saves = over.Saves ?? settled.Saves;
        settled.PrintsNames = over.PrintsNames ?? settled.PrintsNames;
        settled.RunsInput = over.RunsInput ?? settled.RunsInput;
        settled.Fills = over.Fills ?? settled.Fills;
        settled.Effects.AddRange(over.Effects);
        settled.Kinds.AddRange(over.Kinds);
    }
}
