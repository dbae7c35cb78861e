using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>The methods of timestamps, in UTC or a zone, and of durations.</summary>
internal static class CelClockFunctions
{
    private static readonly ImmutableArray<(string Name, Func<CelClock, int> OfClock, Func<long, long>? OfSpan)> Parts =
    [
        ("getFullYear", static c => c.Year, null),
        ("getMonth", static c => c.Month - 1, null),
        ("getDate", static c => c.Day, null),
        ("getDayOfMonth", static c => c.Day - 1, null),
        ("getDayOfWeek", static c => c.DayOfWeek, null),
        ("getDayOfYear", static c => c.DayOfYear, null),
        ("getHours", static c => c.Hour, static n => n / CelDuration.PerSecond / 3600),
        ("getMinutes", static c => c.Minute, static n => n / CelDuration.PerSecond / 60),
        ("getSeconds", static c => c.Second, static n => n / CelDuration.PerSecond),
        ("getMilliseconds", static c => c.Nanosecond / 1_000_000, static n => n % CelDuration.PerSecond / 1_000_000),
    ];

    /// <summary>Whether the method's argument is a zone, so that a zone that is written out can be checked beforehand.</summary>
    public static bool TakesZone(string method) => Parts.Any(p => p.Name == method);

    public static IEnumerable<CelFunction> All() => Parts.Select(part =>
    {
        var overloads = ImmutableArray.Create(
            new CelOverload([CelType.Timestamp], CelType.Int),
            new CelOverload([CelType.Timestamp, CelType.String], CelType.Int));
        return new CelFunction(
            part.Name,
            IsMethod: true,
            (_, a) => Get(a, part.OfClock, part.OfSpan),
            part.OfSpan is null ? overloads : overloads.Add(new CelOverload([CelType.Duration], CelType.Int)));
    });

    private static CelValue? Get(ReadOnlySpan<CelValue> a, Func<CelClock, int> ofClock, Func<long, long>? ofSpan)
    {
        if (a.Length == 1)
        {
            return a[0] switch
            {
                CelTimestamp time => new CelInt(ofClock(time.On(CelZone.Utc))),
                CelDuration span when ofSpan is not null => new CelInt(ofSpan(span.Nanoseconds)),
                _ => null,
            };
        }

        if (a[0] is not CelTimestamp moment || a[1] is not CelString name)
        {
            return null;
        }

        return CelZone.Parse(name.Value) is { } zone ? new CelInt(ofClock(moment.On(zone))) : new CelError($"`{Diagnostics.Shown.Text(name.Value, 64)}` is no time zone known here");
    }
}
