namespace Guard.Gateway.Audit.RollUps;

/// <summary>Beginnings of hours, days and months, UTC, in milliseconds since 1970-01-01.</summary>
internal static class RollUpTime
{
    private const long HourLength = 3_600_000;
    private const long DayLength = 24 * HourLength;

    public static long Hour(long time) => Floor(time, HourLength);
    public static long HourFrom(long time) => Hour(time + HourLength - 1);
    public static long Day(long time) => Floor(time, DayLength);
    public static long DayFrom(long time) => Day(time + DayLength - 1);

    public static long Month(long time)
    {
        var date = DateTimeOffset.FromUnixTimeMilliseconds(time);
        return new DateTimeOffset(date.Year, date.Month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    }

    public static long MonthAfter(long time) => DateTimeOffset.FromUnixTimeMilliseconds(Month(time)).AddMonths(1).ToUnixTimeMilliseconds();
    public static long MonthFrom(long time) => Month(time) == time ? time : MonthAfter(time);

    private static long Floor(long time, long length) => time - ((time % length) + length) % length;
}
