using System.Globalization;

namespace Guard.Proof;

/// <summary>Tree sizes and indexes as the C2SP texts write them: ASCII digits, no sign, no leading zero.</summary>
internal static class Decimals
{
    /// <summary>Digits of the largest value, 2^63 - 1.</summary>
    private const int MaxDigits = 19;

    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        return text.Length is > 0 and <= MaxDigits
            && !text.ContainsAnyExceptInRange('0', '9')
            && (text[0] != '0' || text.Length == 1)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
