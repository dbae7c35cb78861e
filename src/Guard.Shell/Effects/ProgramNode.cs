namespace Guard.Shell.Effects;

/// <summary>How a program reads its options.</summary>
internal enum OptionSyntax
{
    /// <summary>Clusters of short options, long options with two dashes, options between operands.</summary>
    Gnu,

    /// <summary>Options of more than one letter begin with one dash; no clusters (find, java, terraform).</summary>
    Long,

    /// <summary>No options: every word is an operand.</summary>
    None,
}

/// <summary>An effect that an entry states by itself, not through a word of the line.</summary>
internal readonly record struct FixedEffect(string Verb, string Resource);

/// <summary>The part of an entry that a case (<c>when</c>) can change. Null: as before.</summary>
internal sealed class Traits
{
    public OperandSlots? Operands { get; set; }

    public OperandSlots? Dashes { get; set; }

    public bool? Subtree { get; set; }

    public string? Default { get; set; }

    public LeftOut? LeftOut { get; set; }

    public bool? Filter { get; set; }

    public bool? Inert { get; set; }

    public WrapperKind? Wrapper { get; set; }

    /// <summary>"+.gz": each file operand is also written with that ending; "-": without its last ending.</summary>
    public string? Output { get; set; }

    /// <summary>What is fetched is written under the URL's last name: "file", "tree", or "" for not.</summary>
    public string? Saves { get; set; }

    public bool? PrintsNames { get; set; }

    /// <summary>Folders that are missing above what it writes are made too.</summary>
    public bool? MakesFolders { get; set; }

    /// <summary>A target that is a folder receives its sources under the whole paths that name them, and the folders on the way are made (cp --parents).</summary>
    public bool? KeepsFolders { get; set; }

    /// <summary>Braces and brackets in URLs and in files that are sent are patterns to it (curl).</summary>
    public bool? GlobsUrls { get; set; }

    public bool? RunsInput { get; set; }

    public string? Fills { get; set; }

    /// <summary>This use of the program only looks: it changes nothing, sends nothing and starts nothing but what its words name.</summary>
    public bool? Reads { get; set; }

    public List<FixedEffect> Effects { get; } = [];

    public List<(ValueUse[] Values, string[] Names)> Kinds { get; } = [];
}

/// <summary>An entry of the catalogue: a program or one of its subcommands.</summary>
internal sealed class ProgramNode
{
    public required string Path { get; init; }

    /// <summary>The names behind the program's; none for the program itself.</summary>
    public IReadOnlyList<string> Subcommand => field ??= Path.Split(' ')[1..];

    public bool Complete { get; set; }

    public OptionSyntax Syntax { get; set; }

    /// <summary>After this many operands no word is an option; 0: options stand anywhere.</summary>
    public int Stops { get; set; }

    /// <summary>So many operands name a subcommand that the entry does not list (<c>aws ec2 describe-instances</c>).</summary>
    public int Named { get; set; }

    /// <summary>Subcommands that only look, and those of them that do not after all; see <see cref="SubcommandPattern"/>.</summary>
    public List<SubcommandPattern> Looks { get; } = [];

    public List<SubcommandPattern> Changes { get; } = [];

    /// <summary>What words are that nothing else describes, where the use only looks; null: they are guessed, and the use is not one of that kind.</summary>
    public ValueUse? Words { get; set; }

    /// <summary>A first word without a dash is a cluster of short options (<c>tar xzf</c>).</summary>
    public bool Bundle { get; set; }

    /// <summary>The options of this node are also read behind its subcommand.</summary>
    public bool GlobalsAnywhere { get; set; }

    /// <summary>The command that it starts runs on another machine or under another root.</summary>
    public bool Elsewhere { get; set; }

    /// <summary>A changed folder counts for the operands behind it only (tar -C), not for other options' values.</summary>
    public bool PositionalDirectory { get; set; }

    /// <summary>Leading NAME=value operands are variables of the inner command.</summary>
    public bool Assignments { get; set; }

    public Traits Traits { get; } = new();

    public List<(Condition When, Traits Then)> Cases { get; } = [];

    /// <summary>Subcommand names and aliases, with the subcommand's own name.</summary>
    public Dictionary<string, string> Children { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys of settings (lower case, <c>*</c> at either end) with what their value is.</summary>
    public IReadOnlyList<(ValueUse Use, string Key)> Settings => field ??= ProgramNodeReader.Settings(SettingLines);

    /// <summary>The lines that state them.</summary>
    public List<string> SettingLines { get; } = [];

    public Dictionary<string, OptionSpec> Options { get; } = new(StringComparer.Ordinal);

    /// <summary>Options whose name ends in <c>*</c> (the rest of the word is the value) or <c>=</c>, longest first.</summary>
    public List<(string Prefix, OptionSpec Option)> Prefixes { get; } = [];

    public bool HasPlusOptions { get; set; }

    public bool HasKeywords { get; set; }
}
