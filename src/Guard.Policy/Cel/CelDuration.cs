using System.Buffers;
using System.Globalization;

namespace Guard.Policy.Cel;

/// <summary>A span of time, positive or negative; about 292 years at most.</summary>
internal sealed class CelDuration(long nanoseconds) : CelValue
{
    public const long PerSecond = 1_000_000_000;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public override CelKind Kind => CelKind.Duration;

    public long Nanoseconds { get; } = nanoseconds;

    /// <summary>Numbers with units in a row: <c>1h30m</c>, <c>-1.5s</c>; <c>0</c> alone. Null for anything else and what is out of range.</summary>
    public static CelDuration? Parse(string text)
    {
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest.SequenceEqual("0"))
        {
            return new CelDuration(0);
        }

        if (rest.IsEmpty || rest.Length > 100)
        {
            return null;
        }

        Int128 sum = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(NumberCharacters);
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
            {
                return null;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny(NumberCharacters) is var next && next < 0 ? rest.Length : next;
            if (Unit(rest[..letters]) is not { } unit || count > long.MaxValue / unit)
            {
                return null;
            }

            rest = rest[letters..];
            sum += (Int128)decimal.Truncate(count * unit);
        }

        sum = negative ? -sum : sum;
        return sum < long.MinValue || sum > long.MaxValue ? null : new CelDuration((long)sum);
    }

    /// <summary>Seconds with up to nine digits behind the point: <c>1.5s</c>.</summary>
    public override string ToString()
    {
        var whole = Math.Abs((decimal)Nanoseconds);
        var text = (whole / PerSecond).ToString("0.#########", CultureInfo.InvariantCulture);
        return $"{(Nanoseconds < 0 ? "-" : "")}{text}s";
    }

    private static decimal? Unit(ReadOnlySpan<char> name) => name switch
    {
        "ns" => 1,
        "us" or "\u00b5s" or "\u03bcs" => 1_000,
        "ms" => 1_000_000,
        "s" => PerSecond,
        "m" => 60m * PerSecond,
        "h" => 3600m * PerSecond,
        _ => null,
    };
}
