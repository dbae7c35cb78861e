using System.Globalization;

namespace Guard.Policy.Cel;

/// <summary>A moment, to the nanosecond, from the year 1 to the year 9999.</summary>
internal sealed class CelTimestamp : CelValue
{
    private const long MinSeconds = -62_135_596_800;
    private const long MaxSeconds = 253_402_300_799;
    private const long PerDay = 86_400;

    private CelTimestamp(long seconds, int nanoseconds) => (Seconds, Nanoseconds) = (seconds, nanoseconds);

    public override CelKind Kind => CelKind.Timestamp;

    /// <summary>Since 1970, UTC.</summary>
    public long Seconds { get; }

    /// <summary>Within the second, never negative.</summary>
    public int Nanoseconds { get; }

    /// <summary>Null where the moment is out of range.</summary>
    public static CelTimestamp? Of(long seconds, int nanoseconds = 0) =>
        seconds is < MinSeconds or > MaxSeconds ? null : new CelTimestamp(seconds, nanoseconds);

    public static CelTimestamp Of(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTime.UnixEpoch.Ticks;
        var seconds = (long)Math.Floor(ticks / (decimal)TimeSpan.TicksPerSecond);
        return new CelTimestamp(seconds, (int)(ticks - (seconds * TimeSpan.TicksPerSecond)) * 100);
    }

    /// <summary>RFC 3339: <c>2026-01-07T10:00:00.5Z</c>, <c>…+01:00</c>. Null for anything else and what is out of range.</summary>
    public static CelTimestamp? Parse(string text)
    {
        if (text.Length is < 20 or > 64 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
            || Number(text, 0, 4) is not { } year || Number(text, 5, 2) is not { } month || Number(text, 8, 2) is not { } day
            || Number(text, 11, 2) is not ({ } hour and < 24) || Number(text, 14, 2) is not ({ } minute and < 60) || Number(text, 17, 2) is not ({ } second and < 60)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return null;
        }

        var at = 19;
        var nanoseconds = 0;
        if (text[at] == '.')
        {
            var end = text.AsSpan(at + 1).IndexOfAnyExceptInRange('0', '9');
            if (end <= 0)
            {
                return null;
            }

            // Finer than a nanosecond is cut off.
            nanoseconds = int.Parse(text.AsSpan(at + 1, Math.Min(end, 9)), NumberStyles.None, CultureInfo.InvariantCulture);
            for (var i = end; i < 9; i++)
            {
                nanoseconds *= 10;
            }

            at += 1 + end;
        }

        if (Offset(text[at..]) is not { } offset)
        {
            return null;
        }

        var days = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Days;
        return Of((days * PerDay) + (hour * 3600) + (minute * 60) + second - offset, nanoseconds);
    }

    public int Compare(CelTimestamp other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Null where the outcome is out of range.</summary>
    public CelTimestamp? Plus(Int128 nanoseconds)
    {
        var (seconds, rest) = Int128.DivRem(((Int128)Seconds * CelDuration.PerSecond) + Nanoseconds + nanoseconds, CelDuration.PerSecond);
        if (rest < 0)
        {
            (seconds, rest) = (seconds - 1, rest + CelDuration.PerSecond);
        }

        return seconds < MinSeconds || seconds > MaxSeconds ? null : new CelTimestamp((long)seconds, (int)rest);
    }

    /// <summary>Null where the span is longer than a duration can be.</summary>
    public CelDuration? Minus(CelTimestamp other)
    {
        var span = ((Int128)(Seconds - other.Seconds) * CelDuration.PerSecond) + Nanoseconds - other.Nanoseconds;
        return span < long.MinValue || span > long.MaxValue ? null : new CelDuration((long)span);
    }

    /// <summary>The wall clock of a zone.</summary>
    public CelClock On(CelZone zone) => new(Seconds + zone.OffsetAt(Seconds), Nanoseconds);

    /// <summary>RFC 3339, UTC, with as many digits behind the point as are needed.</summary>
    public override string ToString()
    {
        var clock = new CelClock(Seconds, Nanoseconds);
        var fraction = Nanoseconds == 0 ? "" : (Nanoseconds / 1_000_000_000m).ToString("0.#########", CultureInfo.InvariantCulture)[1..];
        return string.Create(CultureInfo.InvariantCulture,
            $"{clock.Year:0000}-{clock.Month:00}-{clock.Day:00}T{clock.Hour:00}:{clock.Minute:00}:{clock.Second:00}{fraction}Z");
    }

    private static int? Offset(string text)
    {
        if (text == "Z")
        {
            return 0;
        }

        return text.Length == 6 && text[0] is '+' or '-' && text[3] == ':' && Number(text, 1, 2) is { } hours and < 24 && Number(text, 4, 2) is { } minutes and < 60
            ? (text[0] == '-' ? -1 : 1) * ((hours * 3600) + (minutes * 60))
            : null;
    }

    private static int? Number(string text, int at, int length) =>
        int.TryParse(text.AsSpan(at, length), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
