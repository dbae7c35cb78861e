using System.Diagnostics;

namespace Guard.Hook;

/// <summary>A moment that the hook must not outlive, on the monotonic clock.</summary>
internal readonly struct Deadline
{
    private readonly long _end;

    private Deadline(long end) => _end = end;

    /// <summary>Milliseconds left, never negative.</summary>
    public int Left => (int)Math.Clamp((_end - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency, 0, int.MaxValue);

    public static Deadline After(double seconds) => new(Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency));

    /// <summary>The nearer of this deadline and one after <paramref name="seconds"/>.</summary>
    public Deadline AtMost(double seconds) => new(Math.Min(_end, After(seconds)._end));
}
