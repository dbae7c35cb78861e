namespace Guard.Shell.Effects;

/// <summary>What holds for one command line: the subcommand's description with its cases; of outer nodes only what their options do.</summary>
internal static class SettledTraits
{
    public static Traits Of(CommandLine line)
    {
        // Most lines meet no case: then the description itself is the answer, which nobody changes.
        Traits? settled = null;
        bool barred = false;
        foreach (ProgramNode node in line.Nodes)
        {
            bool leaf = ReferenceEquals(node, line.Leaf);
            if (leaf && settled is not null)
            {
                Overlay(settled, node.Traits);
            }

            foreach ((Condition when, Traits then) in node.Cases)
            {
                if (!line.Holds(when))
                {
                    continue;
                }

                if (settled is null)
                {
                    settled = new Traits();
                    if (leaf)
                    {
                        Overlay(settled, node.Traits);
                    }
                }

                if (leaf)
                {
                    Overlay(settled, then);
                }
                else
                {
                    settled.Effects.AddRange(then.Effects);
                    settled.Kinds.AddRange(then.Kinds);
                    barred |= then.Reads == false;
                }
            }
        }

        if (barred)
        {
            settled!.Reads = false;
        }

        return settled ?? line.Leaf.Traits;
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
        settled.MakesFolders = over.MakesFolders ?? settled.MakesFolders;
        settled.KeepsFolders = over.KeepsFolders ?? settled.KeepsFolders;
        settled.GlobsUrls = over.GlobsUrls ?? settled.GlobsUrls;
        settled.RunsInput = over.RunsInput ?? settled.RunsInput;
        settled.Fills = over.Fills ?? settled.Fills;
        settled.Reads = over.Reads ?? settled.Reads;
        settled.Effects.AddRange(over.Effects);
        settled.Kinds.AddRange(over.Kinds);
    }
}
