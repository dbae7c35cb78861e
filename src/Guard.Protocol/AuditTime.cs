using System.Globalization;

namespace Guard.Protocol;

/// <summary>Points in time as people and requests state them: ISO 8601, UTC unless an offset is stated.</summary>
public static class AuditTime
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd",
        "yyyy-MM-dd'T'HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
        "yyyy-MM-dd' 'HH:mm",
        "yyyy-MM-dd' 'HH:mm:ss",
    ];

    /// <summary>A date, which is its midnight, or an instant; in UTC.</summary>
    public static bool TryParse(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    /// <summary>What <see cref="TryParse(string, out DateTimeOffset)"/> takes, or a span back from <paramref name="now"/>.</summary>
    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset time)
    {
        if (!TryParseSpan(text, out var span)) return TryParse(text, out time);
        time = span <= now - DateTimeOffset.MinValue ? now - span : DateTimeOffset.MinValue;
        return true;
    }

    /// <summary>A whole number of 1 to 99999 and a unit: <c>s</c>, <c>m</c> (minutes), <c>h</c>, <c>d</c> or <c>w</c>.</summary>
    public static bool TryParseSpan(string text, out TimeSpan span)
    {
        const int MaxLength = 6;
        span = default;
        if (text.Length is < 2 or > MaxLength || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return false;

        span = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            'w' => TimeSpan.FromDays(7.0 * number),
            _ => TimeSpan.Zero,
        };
        return span > TimeSpan.Zero;
    }

    /// <summary>The form that requests carry: UTC, with all digits of the fraction.</summary>
    public static string ToWire(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
