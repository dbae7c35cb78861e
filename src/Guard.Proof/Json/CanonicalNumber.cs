using System.Globalization;
using System.Text;

namespace Guard.Proof.Json;

/// <summary>Numbers as ECMAScript writes them (ECMA-262, Number::toString; RFC 8785, 3.2.2.3): the shortest digits that read back as the same double.</summary>
public static class CanonicalNumber
{
    /// <summary>Integers of so many digits are exact in a double and already in their canonical spelling.</summary>
    private const int PlainDigits = 15;

    /// <summary>Decimal exponents from here on are written with an exponent (ECMA-262: n &gt; 21).</summary>
    private const int LargestPlainExponent = 21;

    /// <summary>Up to so many zeroes stand between the point and the first digit (ECMA-262: -6 &lt; n).</summary>
    private const int SmallestPlainExponent = -6;

    /// <exception cref="ArgumentOutOfRangeException">Not finite: there is no such JSON number.</exception>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), "JSON has no number that is not finite.");
        }

        if (value == 0)
        {
            return "0";
        }

        // "R" gives the shortest digits. Its layout is not ECMAScript's, so only the digits are taken.
        var (negative, digits, exponent) = Decompose(Encoding.ASCII.GetBytes(value.ToString("R", CultureInfo.InvariantCulture)));
        var text = Lay(digits, exponent);
        return negative ? "-" + text : text;
    }

    /// <summary>Whether a double keeps the exact value that this JSON number states, so that its canonical form still says it.</summary>
    /// <param name="jsonNumber">A number as JSON's grammar has it.</param>
    public static bool IsExact(ReadOnlySpan<byte> jsonNumber) =>
        IsPlainInteger(jsonNumber)
        || (double.TryParse(jsonNumber, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
            && SameValue(jsonNumber, Format(value)));

    /// <summary>A short integer, written as ECMAScript would.</summary>
    internal static bool IsPlainInteger(ReadOnlySpan<byte> source)
    {
        var digits = source.Length > 0 && source[0] == '-' ? source[1..] : source;
        return digits.Length is > 0 and <= PlainDigits
            && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && (digits[0] != '0' || source.Length == 1);
    }

    internal static bool SameValue(ReadOnlySpan<byte> source, string canonical)
    {
        var stated = Decompose(source);
        var written = Decompose(Encoding.ASCII.GetBytes(canonical));
        if (stated.Digits.Length == 0 || written.Digits.Length == 0)
        {
            return stated.Digits.Length == written.Digits.Length;
        }

        return stated.Negative == written.Negative && stated.Exponent == written.Exponent && string.Equals(stated.Digits, written.Digits, StringComparison.Ordinal);
    }

    // ECMA-262: digits is the string of k digits, exponent is n.
    private static string Lay(string digits, long exponent)
    {
        var count = digits.Length;
        if (count <= exponent && exponent <= LargestPlainExponent)
        {
            return digits + new string('0', (int)exponent - count);
        }

        if (exponent is > 0 and <= LargestPlainExponent)
        {
            return string.Concat(digits.AsSpan(0, (int)exponent), ".", digits.AsSpan((int)exponent));
        }

        if (exponent is > SmallestPlainExponent and <= 0)
        {
            return "0." + new string('0', (int)-exponent) + digits;
        }

        var power = exponent - 1;
        var mantissa = count == 1 ? digits : string.Concat(digits.AsSpan(0, 1), ".", digits.AsSpan(1));
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(power < 0 ? '-' : '+')}{Math.Abs(power)}");
    }

    // The value is 0.DIGITS times ten to the exponent; digits neither begin nor end with zero, and are empty for zero.
    private static (bool Negative, string Digits, long Exponent) Decompose(ReadOnlySpan<byte> number)
    {
        var negative = number[0] == '-';
        var unsigned = negative ? number[1..] : number;
        long exponent = 0;
        var mark = unsigned.IndexOfAny((byte)'e', (byte)'E');
        if (mark >= 0)
        {
            exponent = Power(unsigned[(mark + 1)..]);
            unsigned = unsigned[..mark];
        }

        var point = unsigned.IndexOf((byte)'.');
        var digits = Encoding.ASCII.GetString(unsigned).Replace(".", "", StringComparison.Ordinal);
        exponent += point < 0 ? digits.Length : point;
        var significant = digits.TrimStart('0');
        exponent -= digits.Length - significant.Length;
        return (negative, significant.TrimEnd('0'), exponent);
    }

    // Saturates: an exponent beyond nine digits is no double's, and adding a text's length to it must not overflow.
    private static long Power(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        var digits = text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        digits = digits.TrimStart((byte)'0');
        var power = digits.Length > 9 ? 1_000_000_000_000 : digits.Length == 0 ? 0 : long.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        return negative ? -power : power;
    }
}
