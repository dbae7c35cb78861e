using System.Runtime.InteropServices;

namespace Guard.Gateway.Audit.RollUps;

/// <summary>A time taken apart: what whole hours, days and months say of it, and the rest, whose events are counted one by one.</summary>
internal sealed record RollUpSpan
{
    /// <summary>Always five, some of them empty, so that one statement fits all.</summary>
    public required IReadOnlyList<RollUpStretch> Stretches { get; init; }

    /// <summary>From and to in milliseconds, of events that the numbers hold; at most two, of less than an hour each unless there is no whole hour.</summary>
    public required IReadOnlyList<(long From, long To)> Edges { get; init; }

    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="earliest">The earliest time that the numbers hold; null: they hold nothing.</param>
    /// <param name="latest">The latest.</param>
    public static RollUpSpan Of(long from, long to, long? earliest, long? latest)
    {
        if (earliest is not { } first || latest is not { } last || to <= first || from > last)
        {
            return Of(0, 0, []);
        }

        // Where nothing lies beyond, a whole month is the same as its part, which spares the hour that is not over.
        var begin = from <= first ? RollUpTime.Month(first) : RollUpTime.HourFrom(from);
        var end = to > last ? RollUpTime.MonthAfter(last) : RollUpTime.Hour(to);
        if (begin >= end)
        {
            return Of(0, 0, [(from, to)]);
        }

        var edges = new List<(long, long)>();
        if (from < begin && from > first)
        {
            edges.Add((from, begin));
        }

        if (end < to && to <= last)
        {
            edges.Add((end, to));
        }

        return Of(begin, end, edges);
    }

    private static RollUpSpan Of(long begin, long end, IReadOnlyList<(long, long)> edges)
    {
        var dayBegin = Math.Min(RollUpTime.DayFrom(begin), end);
        var dayEnd = Math.Max(RollUpTime.Day(end), dayBegin);
        var monthBegin = Math.Min(RollUpTime.MonthFrom(dayBegin), dayEnd);
        var monthEnd = Math.Max(RollUpTime.Month(dayEnd), monthBegin);
        return new RollUpSpan
        {
            Stretches =
            [
                new(RollUpLevels.Hour, begin, dayBegin),
                new(RollUpLevels.Day, dayBegin, monthBegin),
                new(RollUpLevels.Month, monthBegin, monthEnd),
                new(RollUpLevels.Day, monthEnd, dayEnd),
                new(RollUpLevels.Hour, dayEnd, end),
            ],
            Edges = edges,
        };
    }
}

/// <summary>Whole hours, days or months: from one's beginning to another's.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RollUpStretch(int Level, long From, long To);
