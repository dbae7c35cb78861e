using System.Buffers;

namespace Guard.Redaction;

/// <summary>Sets of characters, and small questions about places in a text.</summary>
internal static class TextShapes
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";

    public static readonly SearchValues<char> Alphanumeric = SearchValues.Create(Letters + Digits);
    public static readonly SearchValues<char> Word = SearchValues.Create(Letters + Digits + "_");
    public static readonly SearchValues<char> Base64Url = SearchValues.Create(Letters + Digits + "-_");
    public static readonly SearchValues<char> Base64 = SearchValues.Create(Letters + Digits + "+/=-_");
    public static readonly SearchValues<char> Dotted = SearchValues.Create(Letters + Digits + "-_.");
    public static readonly SearchValues<char> UrlPath = SearchValues.Create(Letters + Digits + "-_/");
    public static readonly SearchValues<char> UrlValue = SearchValues.Create(Letters + Digits + "-_.~%+/=");
    public static readonly SearchValues<char> Hexadecimal = SearchValues.Create(Digits + "abcdefABCDEF");
    public static readonly SearchValues<char> Base32Upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    public static readonly SearchValues<char> UpperDigits = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ" + Digits);
    public static readonly SearchValues<char> Name = SearchValues.Create(Letters + Digits + "_-.");

    /// <summary>How many characters from the start are of the set, at most <paramref name="max"/>.</summary>
    public static int Run(ReadOnlySpan<char> text, SearchValues<char> set, int max)
    {
        var window = text[..Math.Min(text.Length, max)];
        var end = window.IndexOfAnyExcept(set);
        return end < 0 ? window.Length : end;
    }

    /// <summary>Whether a word can begin here: at the start, after what is no letter or digit, after an escape (<c>\n</c>) or a percent code.</summary>
    public static bool IsBoundary(ReadOnlySpan<char> text, int at) =>
        at == 0
        || !char.IsAsciiLetterOrDigit(text[at - 1])
        || (at >= 2 && text[at - 2] == '\\')
        || (at >= 3 && text[at - 3] == '%' && char.IsAsciiHexDigit(text[at - 2]) && char.IsAsciiHexDigit(text[at - 1]));
}
