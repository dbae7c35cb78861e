namespace Guard.Benchmarks.Shell;

/// <summary>The median of one line.</summary>
internal sealed record ShellResult(string Name, double Nanoseconds, long Bytes);
