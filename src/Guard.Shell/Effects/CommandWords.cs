namespace Guard.Shell.Effects;

/// <summary>What the words of a command are, in the forms that rules compare.</summary>
internal static class CommandWords
{
    /// <summary>The words without global options, subcommands by their full names.</summary>
    public static Argument[] Canonical(CommandLine line, IReadOnlyList<string> subcommand, string[] named)
    {
        if (StandsAsItIs(line, subcommand, named))
        {
            return line.Words;
        }

        Argument[] canonical = new Argument[1 + subcommand.Count + line.Rest.Count];
        canonical[0] = Argument.Of(ProgramEffects.BaseName(line.Words[0].Text));
        int count = 1;
        for (int i = 0; i < subcommand.Count; i++)
        {
            canonical[count++] = Argument.Of(subcommand[i]);
        }

        int taken = 0;
        foreach ((Argument word, ProgramNode? owner) in line.Rest)
        {
            if (owner is null && taken < named.Length && word.Text == named[taken])
            {
                taken++;
            }
            else if (owner is null || ReferenceEquals(owner, line.Leaf))
            {
                canonical[count++] = word;
            }
        }

        return count == canonical.Length ? canonical : canonical[..count];
    }

    /// <summary>The options as they were found.</summary>
    public static OptionUse[] Options(CommandLine line)
    {
        if (line.Options.Count == 0)
        {
            return [];
        }

        OptionUse[] options = new OptionUse[line.Options.Count];
        for (int i = 0; i < options.Length; i++)
        {
            FoundOption found = line.Options[i];
            options[i] = new OptionUse(found.Option.Names, found.Values, found.Word);
        }

        return options;
    }

    /// <summary>The operands as they were found.</summary>
    public static Argument[] Operands(CommandLine line)
    {
        if (line.Operands.Count == 0)
        {
            return [];
        }

        Argument[] operands = new Argument[line.Operands.Count];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = line.Operands[i].Argument;
        }

        return operands;
    }

    /// <summary>Most commands are written in their canonical form; then they share its words.</summary>
    private static bool StandsAsItIs(CommandLine line, IReadOnlyList<string> subcommand, string[] named)
    {
        Argument[] words = line.Words;
        if (named.Length > 0 || words.Length != 1 + subcommand.Count + line.Rest.Count || words[0].Text.Contains('/'))
        {
            return false;
        }

        for (int i = 0; i < subcommand.Count; i++)
        {
            if (!words[1 + i].IsKnown || words[1 + i].Text != subcommand[i])
            {
                return false;
            }
        }

        for (int i = 0; i < line.Rest.Count; i++)
        {
            (Argument word, ProgramNode? owner) = line.Rest[i];
            Argument written = words[1 + subcommand.Count + i];
            if (word.Form != written.Form || !ReferenceEquals(word.Text, written.Text) || !(owner is null || ReferenceEquals(owner, line.Leaf)))
            {
                return false;
            }
        }

        return true;
    }
}
