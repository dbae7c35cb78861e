using System.Globalization;

namespace Guard.Policy.Documents;

/// <summary>Durations such as <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>1d</c>.</summary>
internal static class Duration
{
    private const int MaxDays = 7;

    /// <summary>Null for anything else, for nothing and for more than 7 days.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 1_000_000)
        {
            return null;
        }

        TimeSpan? span = text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
        return span > TimeSpan.Zero && span <= TimeSpan.FromDays(MaxDays) ? span : null;
    }
}
