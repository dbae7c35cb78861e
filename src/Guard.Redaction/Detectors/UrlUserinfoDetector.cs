using System.Buffers;

namespace Guard.Redaction.Detectors;

/// <summary>The password before the @ of a URL, and a token that stands there alone.</summary>
internal static class UrlUserinfoDetector
{
    private const string Mark = "://";
    private const int MaxLength = 2_048;

    /// <summary>A user name alone is a token from so many characters on.</summary>
    private const int MinLoneToken = 16;

    private static readonly SearchValues<char> s_end = SearchValues.Create(" \t\r\n\"'<>`\\|");
    private static readonly SearchValues<char> s_authorityEnd = SearchValues.Create("/?#");

    public static void Find(ReadOnlySpan<char> text, SecretFindings findings)
    {
        var at = 0;
        while (at < text.Length && text[at..].IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var next)
        {
            at += next + Mark.Length;
            var url = text[at..Math.Min(text.Length, at + MaxLength)];
            var end = url.IndexOfAny(s_end);
            url = end < 0 ? url : url[..end];
            // Another URL inside is looked at when its turn comes.
            var inner = url.IndexOf(Mark, StringComparison.Ordinal);
            url = inner < 0 ? url : url[..inner];
            findings.Spend(1 + url.Length / 8);
            if (UserinfoLength(url) is > 0 and var length)
            {
                Judge(url[..length], at, findings);
            }

            at += url.Length;
        }
    }

    // Up to the @. A password with an unencoded slash is met as well: what follows a colon there is no port.
    private static int UserinfoLength(ReadOnlySpan<char> url)
    {
        var authority = url.IndexOfAny(s_authorityEnd);
        var inside = authority < 0 ? url : url[..authority];
        var sign = inside.LastIndexOf('@');
        if (sign >= 0)
        {
            return sign;
        }

        var colon = inside.IndexOf(':');
        return colon >= 0 && inside[(colon + 1)..].ContainsAnyExceptInRange('0', '9') && !inside.StartsWith("[", StringComparison.Ordinal) ? url.LastIndexOf('@') : -1;
    }

    private static void Judge(ReadOnlySpan<char> userinfo, int at, SecretFindings findings)
    {
        var colon = userinfo.IndexOf(':');
        if (colon >= 0 && !SecretValue.IsReference(userinfo[(colon + 1)..]))
        {
            findings.Add(at + colon + 1, userinfo.Length - colon - 1, "url-password");
        }
        else if (colon < 0 && userinfo.Length >= MinLoneToken && SecretValue.LooksRandom(userinfo))
        {
            findings.Add(at, userinfo.Length, "url-token");
        }
    }
}
