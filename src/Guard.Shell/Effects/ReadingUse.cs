using Guard.Shell.Lines;

namespace Guard.Shell.Effects;

/// <summary>
/// Whether a description says of this use of its program that it only looks, and whether nothing on the line contradicts it. What is not described
/// never looks: an unknown subcommand, a word that may be an option, an option that nobody described and that by its name may do more.
/// </summary>
internal sealed class ReadingUse
{
    private static readonly ReadingUse s_none = new(false, null);

    /// <summary>Words in names of options that speak of a file, of more than looking, or of no questions asked.</summary>
    private static readonly string[] s_doubtful =
    [
        "file", "files", "output", "out", "directory", "dir", "folder", "dest", "destination", "download", "save", "dump", "write", "plugin", "plugins", "hook", "editor", "pager",
        "fix", "apply", "install", "upload", "socket", "listen", "force", "yes",
    ];

    /// <summary>Words that do so at the end of the name: <c>--command</c>, and not <c>--command-id</c>.</summary>
    private static readonly string[] s_doubtfulAtTheEnd = ["exec", "execute", "cmd", "command", "script", "shell", "export", "import", "path"];

    private static readonly string[] s_fileMarks = ["file://", "fileb://", "@"];

    private ReadingUse(bool isClaimed, ValueUse? words) => (IsClaimed, Words) = (isClaimed, words);

    /// <summary>The description says so, and every word of the line is understood well enough.</summary>
    public bool IsClaimed { get; }

    /// <summary>What words are that nothing describes; null: they may be files that are read.</summary>
    public ValueUse? Words { get; }

    public static ReadingUse Of(CommandLine line, Traits traits)
    {
        ProgramNode program = line.Nodes[0];
        bool isStated = traits.Reads ?? (traits.Filter == true || traits.Inert == true);
        if (traits.Reads == false || line.UncertainWord >= 0 || (!isStated && program.Looks.Count == 0))
        {
            return s_none;
        }

        // A case that says so has looked at the operands; otherwise a word in a subcommand's place may be a subcommand that nobody described.
        bool isCase = traits.Reads == true && line.Leaf.Traits.Reads != true;

        // An unknown text may be what makes the use another one, but for a path below a folder, and for clients whose verbs alone decide.
        bool isClaimed = (isCase || line.UnknownSubcommandWord < 0 || line.Leaf.Named > 0) && (isStated || Looks(line, program))
            && (program.Words is not null || Array.TrueForAll(line.Words, word => word.Form is ArgumentForm.Known or ArgumentForm.Within));
        isClaimed &= !IsAmbiguous(line);
        return isClaimed && (line.UnknownOptions.Count == 0 || (program.Words is not null && line.UnknownOptions.TrueForAll(o => IsHarmless(o.Text.Text))))
            ? new ReadingUse(true, program.Words)
            : s_none;
    }

    /// <summary>What the words mean does not contradict the description.</summary>
    public bool Holds(EffectSink found)
    {
        if (!IsClaimed || found.AllOpaque.Count > 0 || found.AllCode.Count > 0)
        {
            return false;
        }

        // What asks another machine and reads a file that is named to it may send the one to the other.
        bool names = false;
        bool asks = false;
        for (int i = 0; i < found.AllEffects.Count; i++)
        {
            Effect effect = found.AllEffects[i];
            names |= IsNamedFile(effect);
            asks |= effect.Action is EffectAction.WebFetch or EffectAction.Connect;
            bool changes = effect.Action is EffectAction.WriteFile or EffectAction.DeleteFile or EffectAction.WebWrite;
            if ((names && asks) || effect.Runs || (changes && !(effect.Action == EffectAction.WriteFile && PathPlace.IsStream(effect.Resource))))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNamedFile(Effect effect) => effect.Action == EffectAction.ReadFile && !effect.Implicit && !PathPlace.IsStream(effect.Resource);

    /// <summary>Clients take <c>file://x</c> and <c>@x</c> for the text in a file; null for a word that is none of these.</summary>
    public static Argument? FileOf(Argument value)
    {
        string text = value.Text;
        int start = text.StartsWith('-') ? text.IndexOf('=') + 1 : 0;
        string rest = text[start..];
        foreach (string mark in s_fileMarks)
        {
            if (rest.StartsWith(mark, StringComparison.Ordinal))
            {
                return value.Part(rest[mark.Length..]);
            }
        }

        // What begins with a text that is not known may begin with a mark.
        return !value.IsKnown && (value.Form == ArgumentForm.Words || rest.StartsWith(Argument.Hole)) ? value : null;
    }

    private static bool Looks(CommandLine line, ProgramNode program)
    {
        string[] subcommand = [.. line.Leaf.Subcommand, .. line.Named()];
        return subcommand.Length > 0
            && program.Looks.Exists(pattern => pattern.IsMatch(subcommand))
            && !program.Changes.Exists(pattern => pattern.IsMatch(subcommand));
    }

    /// <summary>An option whose value decides what the use is stands more than once: which one holds is the program's secret.</summary>
    private static bool IsAmbiguous(CommandLine line)
    {
        if (line.Options.Count < 2)
        {
            return false;
        }

        foreach (ProgramNode node in line.Nodes)
        {
            foreach ((Condition when, _) in node.Cases)
            {
                foreach (Condition.Atom[] group in when.Groups)
                {
                    foreach (Condition.Atom atom in group)
                    {
                        if (atom.Value is not null && Count(line, atom.Option) > 1)
                        {
                            return true;
                        }
                    }
                }
            }
        }

        return false;
    }

    private static int Count(CommandLine line, string option)
    {
        int count = 0;
        foreach (FoundOption found in line.Options)
        {
            count += Array.IndexOf(found.Option.Names, option) >= 0 ? 1 : 0;
        }

        return count;
    }

    private static bool IsHarmless(string option)
    {
        int sign = option.IndexOf('=');
        string[] words = (sign < 0 ? option : option[..sign]).ToLowerInvariant().Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && Array.TrueForAll(words, IsHarmlessWord) && Array.IndexOf(s_doubtfulAtTheEnd, words[^1]) < 0;

        static bool IsHarmlessWord(string word) =>
            Array.IndexOf(s_doubtful, word) < 0 && (word == "profile" || !(word.EndsWith("file", StringComparison.Ordinal) || word.EndsWith("dir", StringComparison.Ordinal)));
    }
}
