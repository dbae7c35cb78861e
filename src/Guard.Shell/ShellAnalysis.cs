namespace Guard.Shell;

/// <summary>
/// What a command line will do. Either every command that runs is known exactly (<see cref="Opaque"/> is null and
/// <see cref="Commands"/> is not empty), or the line is opaque and <see cref="Opaque"/> says why.
/// </summary>
public sealed record ShellAnalysis
{
    /// <summary>The simple commands that run; empty for an opaque line.</summary>
    public required IReadOnlyList<SimpleCommand> Commands { get; init; }

    /// <summary>Why nothing is promised about the line, one of <see cref="OpaqueCodes"/>; null when it is exact.</summary>
    public string? Opaque { get; init; }

    /// <summary>
    /// Words that appear on the line. For an exact line the words bash produces; for an opaque one pieces found by a rough
    /// cut, so that denials can see what the line mentions. Nothing may be allowed because of a rough word.
    /// </summary>
    public required IReadOnlyList<string> Words { get; init; }
}

/// <summary>One command with its words after quote removal and expansion.</summary>
/// <param name="Normal">The words joined by one blank, quoted where a word needs it, so that the form is unambiguous.</param>
/// <param name="Canonical">The same with the program's base name.</param>
/// <param name="Words">The words bash passes on, program first; never empty.</param>
public sealed record SimpleCommand(string Normal, string Canonical, IReadOnlyList<string> Words);
