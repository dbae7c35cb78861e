namespace Guard.Protocol;

/// <summary>A simple command as its program understands its words.</summary>
public sealed record CommandShape
{
    /// <summary>The program's base name.</summary>
    public required string Program { get; init; }

    /// <summary>The name has no slash, or it is the file that the search path gives for its base name.</summary>
    public bool OnPath { get; init; }

    /// <summary>Full names, outermost first, behind the program's own options: <c>remote add</c>. Empty: none.</summary>
    public IReadOnlyList<string> Subcommand { get; init; } = [];

    /// <summary>Every option that stands on the line, by all the names the program knows it by, with dashes: <c>-r</c>, <c>--recursive</c>.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>The words behind program and subcommand, options included; <c>?</c> stands for text that is not known.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>
    /// By the program's description this use of it only looks: all that it reads is among the accesses, and it changes, sends and runs nothing by itself.
    /// False where any word of it is not understood.
    /// </summary>
    public bool Reads { get; init; }

    /// <summary>Some of the words are not, or not wholly, known.</summary>
    public bool Open { get; init; }

    /// <summary>A line that runs this command in its folder and nothing else. Absent: there is none, or the line is that already.</summary>
    public string? Alone { get; init; }
}
