namespace Guard.Shell.Effects;

/// <summary>What a program does to a file that is named to it.</summary>
[Flags]
internal enum FileUse
{
    None = 0,
    Read = 1,
    Write = 2,
    Delete = 4,
}

/// <summary>What an operand or the value of an option is to a program. The words of the data files stand in <see cref="ValueUse.Names"/>.</summary>
internal enum ValueKind
{
    Plain,
    File,
    Into,
    Prefix,
    ChangeDirectory,
    Fetch,
    Post,
    Host,
    Remote,
    RemoteInto,
    Repository,
    RepositoryTarget,
    Shell,
    ShellWords,
    Command,
    CommandUntilSemicolon,
    Program,
    Code,
    Script,
    Module,
    Environment,
    Assignment,
    Data,
    Form,
    Cookies,

    /// <summary>A file that is sent, or curl's pattern of such.</summary>
    Upload,

    /// <summary>What curl prints when it is done: a text, or a file that holds it; the text names files that are written.</summary>
    WriteOut,

    /// <summary>Flags of ps without a dash.</summary>
    ProcessFlags,

    /// <summary>Options of another program, joined by commas.</summary>
    ToolOptions,

    /// <summary>Where a pass phrase is found.</summary>
    PassPhrase,

    /// <summary>What is added to the names of files before they are changed, to keep them.</summary>
    Backup,

    /// <summary>A file that names the files.</summary>
    Listed,
    KeyedFile,
    Volume,
    Mount,
    Setting,
    Sed,
    Awk,
    Jq,
    Sql,
    Database,
    EditorCommand,
    KeyActions,
    GitAlias,
    Revision,
    Include,
    Exclude,
    Variable,
    Guess,
    Opaque,
}

/// <summary>A kind with what happens to the file, where it is one.</summary>
internal readonly record struct ValueUse(ValueKind Kind, FileUse File = FileUse.None, bool Tree = false)
{
    /// <summary>The words of the data files.</summary>
    public static readonly Dictionary<string, ValueUse> Names = new(StringComparer.Ordinal)
    {
        ["plain"] = new(ValueKind.Plain),
        ["pattern"] = new(ValueKind.Plain),
        ["read"] = new(ValueKind.File, FileUse.Read),
        ["list"] = new(ValueKind.File, FileUse.Read),
        ["listed"] = new(ValueKind.Listed, FileUse.Read),
        ["read-tree"] = new(ValueKind.File, FileUse.Read, Tree: true),
        ["write"] = new(ValueKind.File, FileUse.Write),
        ["write-tree"] = new(ValueKind.File, FileUse.Write, Tree: true),
        ["edit"] = new(ValueKind.File, FileUse.Read | FileUse.Write),
        ["edit-tree"] = new(ValueKind.File, FileUse.Read | FileUse.Write, Tree: true),
        ["delete"] = new(ValueKind.File, FileUse.Delete),
        ["delete-tree"] = new(ValueKind.File, FileUse.Delete, Tree: true),
        ["move"] = new(ValueKind.File, FileUse.Read | FileUse.Delete),
        ["consume"] = new(ValueKind.File, FileUse.Read | FileUse.Write | FileUse.Delete),
        ["into"] = new(ValueKind.Into, FileUse.Write),
        ["prefix"] = new(ValueKind.Prefix, FileUse.Write),
        ["chdir"] = new(ValueKind.ChangeDirectory),
        ["fetch"] = new(ValueKind.Fetch),
        ["post"] = new(ValueKind.Post),
        ["host"] = new(ValueKind.Host),
        ["remote"] = new(ValueKind.Remote, FileUse.Read),
        ["remote-into"] = new(ValueKind.RemoteInto, FileUse.Write),
        ["repository"] = new(ValueKind.Repository, FileUse.Read, Tree: true),
        ["repository-target"] = new(ValueKind.RepositoryTarget, FileUse.Write, Tree: true),
        ["shell"] = new(ValueKind.Shell),
        ["shell-words"] = new(ValueKind.ShellWords),
        ["command"] = new(ValueKind.Command),
        ["command;"] = new(ValueKind.CommandUntilSemicolon),
        ["program"] = new(ValueKind.Program),
        ["code"] = new(ValueKind.Code),
        ["script"] = new(ValueKind.Script, FileUse.Read),
        ["module"] = new(ValueKind.Module),
        ["env"] = new(ValueKind.Environment),
        ["assignment"] = new(ValueKind.Assignment),
        ["database"] = new(ValueKind.Database, FileUse.Read | FileUse.Write),
        ["database-read"] = new(ValueKind.Database, FileUse.Read),
        ["data"] = new(ValueKind.Data, FileUse.Read),
        ["cookies"] = new(ValueKind.Cookies, FileUse.Read),
        ["upload"] = new(ValueKind.Upload, FileUse.Read),
        ["printed"] = new(ValueKind.WriteOut, FileUse.Read),
        ["joined"] = new(ValueKind.ToolOptions),
        ["bsd-flags"] = new(ValueKind.ProcessFlags),
        ["passphrase"] = new(ValueKind.PassPhrase),
        ["backup"] = new(ValueKind.Backup),
        ["form"] = new(ValueKind.Form, FileUse.Read),
        ["keyed-read"] = new(ValueKind.KeyedFile, FileUse.Read),
        ["keyed-write"] = new(ValueKind.KeyedFile, FileUse.Write),
        ["volume"] = new(ValueKind.Volume, FileUse.Read | FileUse.Write, Tree: true),
        ["mount"] = new(ValueKind.Mount, FileUse.Read | FileUse.Write, Tree: true),
        ["setting"] = new(ValueKind.Setting),
        ["sed"] = new(ValueKind.Sed),
        ["awk"] = new(ValueKind.Awk),
        ["jq"] = new(ValueKind.Jq),
        ["sql"] = new(ValueKind.Sql),
        ["key-actions"] = new(ValueKind.KeyActions),
        ["editor-command"] = new(ValueKind.EditorCommand),
        ["git-alias"] = new(ValueKind.GitAlias),
        ["revision"] = new(ValueKind.Revision, FileUse.Read),
        ["include"] = new(ValueKind.Include),
        ["exclude"] = new(ValueKind.Exclude),
        ["guess"] = new(ValueKind.Guess, FileUse.Read | FileUse.Write),
        ["guess-tree"] = new(ValueKind.Guess, FileUse.Read | FileUse.Write, Tree: true),
        ["variable"] = new(ValueKind.Variable),
        ["opaque"] = new(ValueKind.Opaque),
    };

    /// <summary>Perhaps a path, perhaps not.</summary>
    public static ValueUse Guess => new(ValueKind.Guess, FileUse.Read | FileUse.Write);

    /// <summary>Takes all the words that follow.</summary>
    public bool TakesRest => Kind is ValueKind.Command or ValueKind.ShellWords or ValueKind.Module;

    /// <summary>Something other than the program itself is started or run.</summary>
    public bool Starts => Kind is ValueKind.Shell or ValueKind.ShellWords or ValueKind.Command or ValueKind.CommandUntilSemicolon
        or ValueKind.Program or ValueKind.Code or ValueKind.Script or ValueKind.Module or ValueKind.Setting or ValueKind.Sed or ValueKind.Awk
        or ValueKind.Sql or ValueKind.EditorCommand or ValueKind.KeyActions or ValueKind.GitAlias or ValueKind.Opaque;
}
