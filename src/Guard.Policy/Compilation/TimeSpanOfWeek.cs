namespace Guard.Policy.Compilation;

/// <summary>
/// A span of the week on a wall clock. Daylight saving moves the wall clock, so an hour that does not exist never matches
/// and one that exists twice matches twice.
/// </summary>
internal sealed class TimeSpanOfWeek(TimeDefinition definition, TimeZoneInfo zone)
{
    private readonly TimeDefinition _definition = definition;
    private readonly TimeZoneInfo _zone = zone;

    public bool Contains(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, _zone);
        var minute = (local.Hour * 60) + local.Minute;
        if (_definition.From < _definition.Until)
        {
            return minute >= _definition.From && minute < _definition.Until && IsDay(local.DayOfWeek);
        }

        // Over midnight: the morning belongs to the day before.
        return minute >= _definition.From
            ? IsDay(local.DayOfWeek)
            : minute < _definition.Until && IsDay((DayOfWeek)(((int)local.DayOfWeek + 6) % 7));
    }

    private bool IsDay(DayOfWeek day) => _definition.Days.IsEmpty || _definition.Days.Contains(day);
}
