using System.Diagnostics;

namespace Guard.Benchmarks;

/// <summary>
/// Runs what is to be measured until the runtime has compiled it for good, in the process that measures. BenchmarkDotNet's own warm-up ends
/// after a fraction of a second; the runtime compiles hot methods in the background for seconds, and what was measured
/// meanwhile was up to seven times what it is afterwards.
/// </summary>
internal static class HotCode
{
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(8);

    /// <param name="round">Everything that is measured, once.</param>
    public static void Make(Action round)
    {
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < AtLeast;)
        {
            round();
        }
    }
}
