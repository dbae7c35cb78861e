using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>What a line would do, as far as the shell itself is concerned: programs' effects are told elsewhere.</summary>
/// <param name="Steps">In the order in which they happen; empty if the line is refused.</param>
/// <param name="Script">The tree; null exactly when <paramref name="Refusal"/> is not.</param>
/// <param name="Refusal">Why the line is not understood: then all of it is opaque.</param>
public sealed record LineAnalysis(ImmutableArray<ShellStep> Steps, ShellScript? Script, ShellRefusal? Refusal)
{
    /// <summary>Work done: steps, those of rounds that only look ahead included, with their words and characters.</summary>
    public int Work { get; init; }

    /// <summary>Reads a line and follows it.</summary>
    /// <param name="line">As it would be given to <c>bash -c</c>.</param>
    /// <param name="state">What is known at its start. Variables that are not in it are unknown; state <c>CDPATH</c> as unset if it is, or <c>cd</c> leads nowhere known.</param>
    /// <param name="view">The files for globs and <c>cd</c>; null if they are not known.</param>
    /// <param name="limits">Bounds; absent: <see cref="AnalysisLimits.Default"/>.</param>
    public static LineAnalysis Of(string line, ShellState state, IGlobView? view, AnalysisLimits? limits = null)
    {
        var parsed = ShellParser.Parse(line);
        if (parsed.Script is null)
            return new LineAnalysis([], null, parsed.Refusal);
        var walker = new LineWalker(view, limits ?? AnalysisLimits.Default);
        walker.Run(parsed.Script, state);
        return new LineAnalysis(walker.TakeSteps(), parsed.Script, null) { Work = walker.Work };
    }
}
