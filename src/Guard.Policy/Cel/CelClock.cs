using System.Runtime.InteropServices;

namespace Guard.Policy.Cel;

/// <summary>
/// What a wall clock shows. Its own calendar rather than the framework's: a zone can show a moment of the year 1 or 9999 as
/// one of the year before or after.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CelClock
{
    private const long PerDay = 86_400;
    private const long DaysTo1970 = 719_468;

    /// <param name="seconds">Since 1970 as the clock counts.</param>
    /// <param name="nanoseconds">Within the second.</param>
    public CelClock(long seconds, int nanoseconds)
    {
        var days = (long)Math.Floor(seconds / (decimal)PerDay);
        var second = (int)(seconds - (days * PerDay));
        (Hour, Minute, Second, Nanosecond) = (second / 3600, second / 60 % 60, second % 60, nanoseconds);
        DayOfWeek = (int)(((days % 7) + 11) % 7);

        // Years that begin in March end with the leap day. 400 of them have 146,097 days.
        var shifted = days + DaysTo1970;
        var era = (long)Math.Floor(shifted / 146_097m);
        var dayOfEra = shifted - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var month = ((5 * dayOfYear) + 2) / 153;
        Day = (int)(dayOfYear - (((153 * month) + 2) / 5) + 1);
        Month = (int)(month < 10 ? month + 3 : month - 9);
        Year = (int)(yearOfEra + (era * 400) + (Month <= 2 ? 1 : 0));
        var leap = Year % 4 == 0 && (Year % 100 != 0 || Year % 400 == 0);
        DayOfYear = (int)(Month <= 2 ? dayOfYear - 306 : dayOfYear + 59 + (leap ? 1 : 0));
    }

    public int Year { get; }

    /// <summary>From 1.</summary>
    public int Month { get; }

    /// <summary>Of the month, from 1.</summary>
    public int Day { get; }

    /// <summary>From 0.</summary>
    public int DayOfYear { get; }

    /// <summary>From 0, which is Sunday.</summary>
    public int DayOfWeek { get; }

    public int Hour { get; }

    public int Minute { get; }

    public int Second { get; }

    public int Nanosecond { get; }
}
