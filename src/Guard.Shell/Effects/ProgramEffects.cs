namespace Guard.Shell.Effects;

/// <summary>
/// What a simple command will do, from its words after expansion and the descriptions in <c>Programs/</c>.
/// What a description does not say is guessed generously or opaque, never left out.
/// </summary>
public static class ProgramEffects
{
    /// <summary>Steps grow with the number of words and their length, not with what they say.</summary>
    /// <param name="words">The argument vector, the program first; must not be empty.</param>
    /// <param name="facts">What is known of the place; null for nothing.</param>
    public static CommandEffects Of(IReadOnlyList<Argument> words, CommandFacts? facts = null) =>
        Of(ProgramCatalog.BuiltIn, words, facts ?? CommandFacts.None);

    /// <summary>True if the catalogue describes a program of this (base) name.</summary>
    public static bool Describes(string program) => ProgramCatalog.BuiltIn.FindProgram(BaseName(program)) is not null;

    internal static CommandEffects Of(ProgramCatalog catalog, IReadOnlyList<Argument> words, CommandFacts facts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(words.Count);
        Argument[] vector = words as Argument[] ?? [.. words];
        string name = BaseName(vector[0].Text);
        if (vector[0].Form != ArgumentForm.Known)
        {
            return Undescribed(vector, name, facts.Probe, new OpaqueReason("unknown-program", 0));
        }

        if (catalog.FindProgram(name) is not { } program)
        {
            return Undescribed(vector, name, facts.Probe, null);
        }

        CommandLine line = CommandLineReader.Read(catalog, program, vector);
        CommandEffects effects = EffectCollector.Collect(line, facts);
        line.GiveBack();
        return effects;
    }

    internal static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static CommandEffects Undescribed(Argument[] words, string name, PathProbe probe, OpaqueReason? opaque)
    {
        EffectSink sink = new(probe);
        List<OptionUse> options = [];
        List<Argument> operands = [];
        bool behindDashes = false;
        for (int i = 1; i < words.Length; i++)
        {
            GuessedWords.Add(sink, words[i], ValueUse.Names["guess"], i, probe);
            string text = words[i].Text;
            if (behindDashes || text is not ['-', _, ..])
            {
                operands.Add(words[i]);
            }
            else if (text == "--")
            {
                behindDashes = true;
            }
            else
            {
                options.Add(Raw(words[i], i));
            }
        }

        return new CommandEffects
        {
            Program = name,
            Canonical = [Argument.Of(name), .. words.AsSpan(1)],
            Options = options,
            Operands = operands,
            Effects = sink.Effects,
            Opaque = opaque is null ? [] : [opaque],
        };
    }

    // Without a description a cluster may be one long name or many letters; both are its names.
    private static OptionUse Raw(Argument word, int at)
    {
        int equals = word.Text.IndexOf('=');
        string name = equals > 0 ? word.Text[..equals] : word.Text;
        List<string> names = [name];
        if (name is [_, not '-', _, ..])
        {
            names.AddRange(name[1..].Where(char.IsAsciiLetterOrDigit).Distinct().Select(c => "-" + c));
        }

        return new OptionUse(names, equals > 0 ? [word.Part(word.Text[(equals + 1)..])] : [], at);
    }
}
