namespace Guard.Policy.Compilation;

/// <summary>
/// A span of the week on a wall clock. Daylight saving moves the wall clock, so an hour that does not exist never matches
/// and one that exists twice matches twice.
/// </summary>
internal sealed class TimeSpanOfWeek(TimeDefinition definition, TimeZoneInfo zone)
{
    public bool Contains(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        var minute = (local.Hour * 60) + local.Minute;
        if (definition.From < definition.Until)
        {
            return minute >= definition.From && minute < definition.Until && IsDay(local.DayOfWeek);
        }

        // Over midnight: the morning belongs to the day before.
        return minute >= definition.From
            ? IsDay(local.DayOfWeek)
            : minute < definition.Until && IsDay((DayOfWeek)(((int)local.DayOfWeek + 6) % 7));
    }

    private bool IsDay(DayOfWeek day) => definition.Days.IsEmpty || definition.Days.Contains(day);
}
