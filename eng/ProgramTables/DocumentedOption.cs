namespace Guard.ProgramTables;

/// <summary>An option as its program documents it; <paramref name="Arity"/> is none, optional or required.</summary>
internal sealed record DocumentedOption(string[] Names, string Arity, string Placeholder)
{
    private static readonly string[] s_resources =
    [
        "file", "files", "filename", "path", "paths", "pathname", "filepath", "dir", "directory", "folder", "url", "uri", "host", "hostname", "command", "cmd",
        "program", "exec", "script", "shell", "archive", "socket", "proxy", "editor", "pager", "config", "output", "input",
    ];

    /// <summary>The placeholder or the name says that the value is a file, a place or something to run.</summary>
    public bool NamesResource => Arity != "none" && Names.Append(Placeholder).Any(text => text.Split(['-', '_', '/', ':', '.', '|', ' ']).Any(
        word => s_resources.Contains(word.ToLowerInvariant(), StringComparer.Ordinal)));

    public bool Agrees(string kind) => Arity switch
    {
        "none" => kind.TrimEnd('!') == "flag",
        "optional" => kind.Contains('?'),
        _ => kind.TrimEnd('!') != "flag" && !kind.Contains('?'),
    };
}
