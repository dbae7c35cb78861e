using System.Diagnostics;
using System.Globalization;

namespace Guard.Benchmarks.Throughput;

/// <summary>What a run came to. Times are in milliseconds.</summary>
internal sealed record Measured(double PerSecond, double P50, double P99)
{
    public static Measured Of(long[] ticks, TimeSpan time)
    {
        Array.Sort(ticks);
        return new Measured(ticks.Length / time.TotalSeconds, At(0.50), At(0.99));

        double At(double share) => ticks.Length == 0 ? 0 : ticks[(int)(share * (ticks.Length - 1))] * 1000.0 / Stopwatch.Frequency;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:F0} {P50:F3} {P99:F3}");
}
