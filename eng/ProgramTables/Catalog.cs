namespace Guard.ProgramTables;

/// <summary>A checked entry: its path (<c>git push</c>), every name that leads to it, and its lines for the run-time reader.</summary>
public sealed record Entry(string Path, IReadOnlyList<string> Names, string Lines)
{
    /// <summary>The description file, without folder and ending.</summary>
    public required string File { get; init; }

    public bool Complete { get; init; }

    /// <summary>How many options the program documents by the list that was made of it; 0 for an entry made by hand.</summary>
    public int Documented { get; init; }
}

/// <summary>All entries, or the problems that prevent them (each as <c>file(line,column): error: message</c>).</summary>
public sealed record Catalog(IReadOnlyList<Entry> Entries, IReadOnlyList<string> Problems)
{
    /// <summary>Sorted names with the index of the entry that each leads to.</summary>
    public IReadOnlyList<(string Name, int Entry)> Index() =>
        [.. Entries.SelectMany((entry, index) => entry.Names.Select(name => (Name: name, Entry: index))).OrderBy(pair => pair.Name, StringComparer.Ordinal)];
}
