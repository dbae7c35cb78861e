using System.Globalization;

namespace Guard.Policy.Cel;

/// <summary>A time zone by its IANA name, or a fixed offset such as <c>+05:45</c>.</summary>
internal sealed class CelZone
{
    public static readonly CelZone Utc = new(TimeZoneInfo.Utc, 0);

    private readonly TimeZoneInfo? _zone;
    private readonly int _offset;

    private CelZone(TimeZoneInfo? zone, int offset) => (_zone, _offset) = (zone, offset);

    /// <summary>Null where there is no such zone.</summary>
    public static CelZone? Parse(string name)
    {
        if (name is "UTC" or "Z" or "")
        {
            return Utc;
        }

        if (char.IsAsciiDigit(name[0]) || name[0] is '+' or '-')
        {
            var digits = name[0] is '+' or '-' ? name.AsSpan(1) : name;
            return digits.Length == 5 && digits[2] == ':'
                && int.TryParse(digits[..2], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours < 24
                && int.TryParse(digits[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < 60
                    ? new CelZone(null, (name[0] == '-' ? -1 : 1) * ((hours * 3600) + (minutes * 60)))
                    : null;
        }

        // The name becomes part of a file's path where the system keeps its zones.
        return name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+') && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? new CelZone(zone, 0)
            : null;
    }

    /// <summary>Seconds to add to UTC at a moment.</summary>
    public int OffsetAt(long seconds) => _zone is null ? _offset : (int)_zone.GetUtcOffset(DateTime.UnixEpoch.AddSeconds(seconds)).TotalSeconds;
}
