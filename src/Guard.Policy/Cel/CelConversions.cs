using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Guard.Policy.Cel;

/// <summary>The functions that are named like types.</summary>
internal static class CelConversions
{
    private const double TwoToThe63 = 9223372036854775808.0;
    private static readonly CelError OutOfRange = new("the number is out of range");
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static CelValue? ToInt(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelInt number => number,
        CelUint number => number.Value <= long.MaxValue ? new CelInt((long)number.Value) : OutOfRange,

        // Both ends are left out: they are not exact as doubles.
        CelDouble { Value: > -TwoToThe63 and < TwoToThe63 } number => new CelInt((long)number.Value),
        CelDouble => OutOfRange,
        CelString text => long.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? new CelInt(value) : Unreadable("an integer"),
        CelTimestamp time => new CelInt(time.Seconds),
        _ => null,
    };

    public static CelValue? ToUint(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelInt number => number.Value >= 0 ? new CelUint((ulong)number.Value) : OutOfRange,
        CelUint number => number,
        CelDouble { Value: >= 0 and < 2 * TwoToThe63 } number => new CelUint((ulong)number.Value),
        CelDouble => OutOfRange,
        CelString text => ulong.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? new CelUint(value) : Unreadable("an unsigned integer"),
        _ => null,
    };

    public static CelValue? ToDouble(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelInt number => new CelDouble(number.Value),
        CelUint number => new CelDouble(number.Value),
        CelDouble number => number,
        CelString text => ReadDouble(text.Value),
        _ => null,
    };

    public static CelValue? ToText(CelRun run, ReadOnlySpan<CelValue> a)
    {
        var text = a[0] switch
        {
            CelString same => same.Value,
            CelBool boolean => boolean.Value ? "true" : "false",
            CelInt number => number.Value.ToString(CultureInfo.InvariantCulture),
            CelUint number => number.Value.ToString(CultureInfo.InvariantCulture),
            CelDouble number => Text(number.Value),
            CelTimestamp time => time.ToString(),
            CelDuration span => span.ToString(),
            CelBytes bytes => Decode(bytes.Value),
            _ => null,
        };
        if (text is null)
        {
            return a[0] is CelBytes ? new CelError("the bytes are not valid UTF-8") : null;
        }

        return a[0] is CelString unchanged ? unchanged : run.Create(text.Length) ? new CelString(text) : run.Exhausted;
    }

    public static CelValue? ToBytes(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelBytes bytes => bytes,
        CelString text => run.Create(text.Value.Length) ? new CelBytes([.. Encoding.UTF8.GetBytes(text.Value)]) : run.Exhausted,
        _ => null,
    };

    public static CelValue? ToBool(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelBool boolean => boolean,
        CelString { Value: "1" or "t" or "true" or "TRUE" or "True" } => CelBool.True,
        CelString { Value: "0" or "f" or "false" or "FALSE" or "False" } => CelBool.False,
        CelString => Unreadable("a bool"),
        _ => null,
    };

    public static CelValue? ToTimestamp(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelTimestamp time => time,
        CelInt seconds => (CelValue?)CelTimestamp.Of(seconds.Value) ?? new CelError("the time is out of range"),
        CelString text => (CelValue?)CelTimestamp.Parse(text.Value) ?? Unreadable("a time such as `2026-01-07T10:00:00Z`"),
        _ => null,
    };

    public static CelValue? ToDuration(CelRun run, ReadOnlySpan<CelValue> a) => a[0] switch
    {
        CelDuration span => span,
        CelString text => (CelValue?)CelDuration.Parse(text.Value) ?? Unreadable("a duration such as `1h30m`"),
        _ => null,
    };

    private static CelError Unreadable(string what) => new($"the text is not {what}");

    private static CelValue ReadDouble(string text)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(text, Style, CultureInfo.InvariantCulture, out var value))
        {
            return Unreadable("a number");
        }

        return double.IsInfinity(value) && text.Any(char.IsAsciiDigit) ? OutOfRange : new CelDouble(value);
    }

    private static string Text(double value) => double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant().Replace("nan", "NaN", StringComparison.Ordinal);

    private static string? Decode(ImmutableArray<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes.AsSpan());
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
