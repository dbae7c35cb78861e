namespace Guard.Shell.Effects;

/// <summary>
/// Reads an entry from the lines that the build made of the data files: a letter, a blank, the rest.
/// The build has checked them, so what does not read is a defect of the build and throws.
/// </summary>
internal static class ProgramNodeReader
{
    public static ProgramNode Read(string path, string lines)
    {
        ProgramNode node = new() { Path = path };
        Traits traits = node.Traits;
        foreach (ReadOnlySpan<char> line in lines.AsSpan().EnumerateLines())
        {
            if (line.Length < 2)
            {
                continue;
            }

            ReadOnlySpan<char> rest = line[2..];
            switch (line[0])
            {
                case 'a': Attribute(node, rest); break;
                case 'c': Child(node, rest.ToString()); break;
                case 'k' when ReferenceEquals(traits, node.Traits): Options(node, rest); break;
                case 'k': Kinds(traits, rest); break;
                case 's': node.SettingLines.Add(rest.ToString()); break;
                case 'o': traits.Operands = Slots(rest); break;
                case 'd': traits.Dashes = Slots(rest); break;
                case 't': Trait(traits, rest); break;
                case 'e': traits.Effects.Add(Effect(rest)); break;
                case 'w':
                    traits = new Traits();
                    node.Cases.Add((Condition.Parse(rest.ToString()), traits));
                    break;
                default: throw Defect(line);
            }
        }

        node.Prefixes.Sort((a, b) => b.Prefix.Length - a.Prefix.Length);
        return node;
    }

    private static void Attribute(ProgramNode node, ReadOnlySpan<char> text)
    {
        (string name, string value) = Split(text, ' ');
        switch (name)
        {
            case "complete": node.Complete = true; break;
            case "bundle": node.Bundle = true; break;
            case "elsewhere": node.Elsewhere = true; break;
            case "assignments": node.Assignments = true; break;
            case "stops": node.Stops = int.Parse(value); break;
            case "named": node.Named = int.Parse(value); break;
            case "syntax": node.Syntax = value switch { "long" => OptionSyntax.Long, "none" => OptionSyntax.None, _ => OptionSyntax.Gnu }; break;
            case "globals": node.GlobalsAnywhere = value == "anywhere"; break;
            case "looks": node.Looks.AddRange(SubcommandPattern.Parse(value)); break;
            case "changes": node.Changes.AddRange(SubcommandPattern.Parse(value)); break;
            case "words": node.Words = ValueUse.Names[value]; break;
            case "chdir": node.PositionalDirectory = value == "operands"; break;
            default: throw Defect(text);
        }
    }

    private static void Trait(Traits traits, ReadOnlySpan<char> text)
    {
        (string name, string value) = Split(text, ' ');
        switch (name)
        {
            case "subtree": traits.Subtree = value == "true"; break;
            case "filter": traits.Filter = value == "true"; break;
            case "inert": traits.Inert = value == "true"; break;
            case "reads": traits.Reads = value == "true"; break;
            case "prints-names": traits.PrintsNames = value == "true"; break;
            case "makes-folders": traits.MakesFolders = value == "true"; break;
            case "globs-urls": traits.GlobsUrls = value == "true"; break;
            case "keeps-folders": traits.KeepsFolders = value == "true"; break;
            case "runs-input": traits.RunsInput = value == "true"; break;
            case "default": traits.Default = value; break;
            case "fills": traits.Fills = value; break;
            case "output": traits.Output = value; break;
            case "saves": traits.Saves = value == "none" ? "" : value; break;
            case "wrapper":
                traits.Wrapper = value switch { "transparent" => WrapperKind.Transparent, "changer" => WrapperKind.Changer, _ => WrapperKind.None };
                break;
            case "leaves-out":
                traits.LeftOut = (value.Contains("hidden") ? LeftOut.Hidden : LeftOut.None) | (value.Contains("ignored") ? LeftOut.Ignored : LeftOut.None)
                    | (value.Contains("untracked") ? LeftOut.Untracked : LeftOut.None);
                break;
            default: throw Defect(text);
        }
    }

    private static void Child(ProgramNode node, string text)
    {
        string[] names = text.Split(' ');
        foreach (string name in names)
        {
            node.Children[name] = names[0];
        }
    }

    private static void Options(ProgramNode node, ReadOnlySpan<char> text)
    {
        int tab = text.IndexOf('\t');
        if (!OptionSpec.TryParseKind(text[..tab], out ValueUse[] values, out bool optional, out bool ends))
        {
            throw Defect(text);
        }

        foreach (string group in text[(tab + 1)..].ToString().Split(' '))
        {
            string[] names = group == "," ? [","] : group.Split(',');
            OptionSpec option = new(names, values, optional, ends);
            foreach (string name in names)
            {
                // The first statement holds, so that an entry's own options precede those of the groups it uses.
                if (!node.Options.TryAdd(name, option))
                {
                    continue;
                }

                if (name.Length > 1 && name[^1] is '*' or '=')
                {
                    node.Prefixes.Add((name[^1] == '*' ? name[..^1] : name, option));
                }

                node.HasPlusOptions |= name[0] == '+';
                node.HasKeywords |= name[0] is not ('-' or '+');
            }
        }
    }

    private static void Kinds(Traits traits, ReadOnlySpan<char> text)
    {
        int tab = text.IndexOf('\t');
        if (!OptionSpec.TryParseKind(text[..tab], out ValueUse[] values, out _, out _))
        {
            throw Defect(text);
        }

        traits.Kinds.Add((values, text[(tab + 1)..].ToString().Split(' ', ',')));
    }

    /// <summary>Settings as their lines state them; few calls ask for any, and some programs have hundreds.</summary>
    public static List<(ValueUse Use, string Key)> Settings(IReadOnlyList<string> lines)
    {
        List<(ValueUse Use, string Key)> settings = [];
        foreach (string line in lines)
        {
            (string kind, string keys) = Split(line, '\t');
            foreach (string key in keys.Split(' '))
            {
                settings.Add((ValueUse.Names[kind], key.ToLowerInvariant()));
            }
        }

        return settings;
    }

    private static OperandSlots Slots(ReadOnlySpan<char> text) =>
        OperandSlots.TryParse(text.ToString(), out OperandSlots slots) ? slots : throw Defect(text);

    private static FixedEffect Effect(ReadOnlySpan<char> text)
    {
        (string verb, string resource) = Split(text, ' ');
        return new FixedEffect(verb, resource);
    }

    private static (string Head, string Tail) Split(ReadOnlySpan<char> text, char separator)
    {
        int at = text.IndexOf(separator);
        return at < 0 ? (text.ToString(), "") : (text[..at].ToString(), text[(at + 1)..].ToString());
    }

    private static InvalidOperationException Defect(ReadOnlySpan<char> line) =>
        new($"The program catalogue was built wrongly at `{line}`");
}
