namespace Guard.Shell.Effects;

/// <summary>What a command does to a resource.</summary>
public enum EffectAction
{
    ReadFile,
    WriteFile,
    DeleteFile,
    ReadEnv,
    WebFetch,
    WebWrite,
    Connect,
}

/// <summary>What a program passes over when it walks a subtree.</summary>
[Flags]
public enum LeftOut
{
    None = 0,

    /// <summary>Names that begin with a dot.</summary>
    Hidden = 1,

    /// <summary>What ignore files (.gitignore and its like) name.</summary>
    Ignored = 2,

    /// <summary>Everything but the files under version control.</summary>
    Untracked = 4,
}

/// <summary>
/// Which files of a subtree a program touches. <paramref name="Only"/>: base-name globs of which one must match (empty: every file);
/// <paramref name="Except"/>: globs of names or paths that are passed over.
/// </summary>
public sealed record SubtreeFilter(IReadOnlyList<string> Only, IReadOnlyList<string> Except, LeftOut LeftOut)
{
    public static SubtreeFilter Everything { get; } = new([], [], LeftOut.None);
}

/// <summary>
/// One thing that a command does. <see cref="Resource"/> is a path as the program gets it (relative to the command's folder, a leading <c>~/</c>
/// is the home folder only where <see cref="Implicit"/>), a URL, a host with optional port, or the name of an environment variable (<c>*</c>: all).
/// </summary>
public sealed record Effect(EffectAction Action, string Resource)
{
    /// <summary>The path and everything below it, as far as <see cref="Filter"/> says.</summary>
    public bool Subtree { get; init; }

    public SubtreeFilter Filter { get; init; } = SubtreeFilter.Everything;

    /// <summary>The resource cannot be known; <see cref="Resource"/> then holds <see cref="Argument.Hole"/> where something is missing.</summary>
    public bool Unknown { get; init; }

    /// <summary>Not named on the line: a file or host that the program uses by itself, such as a Makefile.</summary>
    public bool Implicit { get; init; }

    /// <summary>A folder that is made on the way to what the command writes: denials see it, it needs no allow of its own.</summary>
    public bool OnTheWay { get; init; }

    /// <summary>The file is run as code.</summary>
    public bool Runs { get; init; }

    /// <summary>Guessed: the program, or this option of it, is not described, and the word may be a path or URL.</summary>
    public bool Guessed { get; init; }

    /// <summary>Index in the argument vector of the word that names the resource; -1 for none.</summary>
    public int Word { get; init; } = -1;
}
