namespace Guard.Shell.Expansion;

/// <summary>Bounds on expansion. Beyond them the result is unknown.</summary>
public sealed record ExpansionLimits
{
    public static ExpansionLimits Default { get; } = new();

    /// <summary>Words that one word's braces may make.</summary>
    public int BraceWords { get; init; } = 1_024;

    /// <summary>Characters of any one value or field.</summary>
    public int TextLength { get; init; } = 64 * 1024;

    /// <summary>Directory entries looked at for one word's globs.</summary>
    public int GlobEntries { get; init; } = 20_000;

    /// <summary>Files that one word's globs may match.</summary>
    public int GlobMatches { get; init; } = 4_096;

    /// <summary>Comparisons of characters for the globs of one word.</summary>
    public int PatternSteps { get; init; } = 1_000_000;

    /// <summary>Comparisons of characters for one pattern over a value.</summary>
    public int ValuePatternSteps { get; init; } = 50_000;
}
