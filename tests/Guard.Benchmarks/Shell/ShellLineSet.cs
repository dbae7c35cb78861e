namespace Guard.Benchmarks.Shell;

/// <summary>The lines, for the other side of the measurement.</summary>
internal sealed record ShellLineSet(IReadOnlyList<string> Shorts, IReadOnlyList<string> Longs);
