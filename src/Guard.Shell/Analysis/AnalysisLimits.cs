namespace Guard.Shell.Analysis;

/// <summary>Bounds on one walk. Reaching one is an <see cref="OpaqueStep"/>, never silence.</summary>
public sealed record AnalysisLimits
{
    public static AnalysisLimits Default { get; } = new();

    /// <summary>Commands, reads and redirects together; work that only looks ahead counts too.</summary>
    public int Steps { get; init; } = 4_096;

    /// <summary>Words of a <c>for</c> loop that is followed round by round; with more its variable is unknown.</summary>
    public int LoopRounds { get; init; } = 64;

    /// <summary>Functions and evaluated texts within each other.</summary>
    public int Calls { get; init; } = 16;
}
