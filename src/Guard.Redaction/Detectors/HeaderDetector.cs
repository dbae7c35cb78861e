using System.Buffers;

namespace Guard.Redaction.Detectors;

/// <summary>Credentials of HTTP headers, wherever a header is written down, and <c>Bearer x</c> and <c>Basic x</c> without one.</summary>
internal static class HeaderDetector
{
    private const int MaxValue = 8_192;
    private const int MinBearer = 16;

    private static readonly SearchValues<string> s_names = SearchValues.Create(
        ["authorization", "x-api-key", "x-auth-token", "x-auth-key", "private-token", "job-token", "deploy-token", "x-vault-token", "x-access-token", "x-csrf-token", "cookie", "apikey", "bearer ", "basic "],
        StringComparison.OrdinalIgnoreCase);

    private static readonly SearchValues<char> s_lineEnd = SearchValues.Create("\r\n\"'`");
    private static readonly SearchValues<char> s_wordEnd = SearchValues.Create(" \t\r\n\"'`,;)<>");

    public static void Find(ReadOnlySpan<char> text, SecretFindings findings)
    {
        var at = 0;
        while (at < text.Length && text[at..].IndexOfAny(s_names) is >= 0 and var next)
        {
            at += next;
            var end = at + TextShapes.Run(text[at..], TextShapes.Name, 32);
            findings.Spend(4);
            if (SecretMarker.IsKind(text, at))
            {
                at = end;
                continue;
            }

            at = end < text.Length && text[end] == ' ' && IsScheme(text[at..end])
                ? Credential(text, at, end, findings)
                : Header(text, at, end, findings);
        }
    }

    // "Bearer x" outside of a header: only what cannot be prose.
    private static int Credential(ReadOnlySpan<char> text, int at, int end, SecretFindings findings)
    {
        var start = end + 1;
        var length = WordLength(text[start..]);
        findings.Spend(1 + length / 8);
        var value = text.Slice(start, length);
        var found = TextShapes.IsBoundary(text, at) && !SecretValue.IsReference(value)
            && (text[at] is 'b' or 'B' && text[at + 1] is 'e' or 'E' ? length >= MinBearer && value.ContainsAny(TextShapes.Base64Url) && SecretValue.LooksRandom(value) : IsBasic(value));
        if (found)
        {
            findings.Add(start, length, "authorization");
        }

        return found ? start + length : end;
    }

    private static int Header(ReadOnlySpan<char> text, int at, int end, SecretFindings findings)
    {
        var mark = end;
        while (mark < text.Length && mark - end < 4 && text[mark] is '"' or '\'' or '\\' or ' ')
        {
            mark++;
        }

        if (mark >= text.Length || text[mark] is not (':' or '='))
        {
            return end;
        }

        var start = mark + 1;
        while (start < text.Length && start - mark < 8 && text[start] is ' ' or '"' or '\'' or '\\' or '`')
        {
            start++;
        }

        var line = text[start..Math.Min(text.Length, start + MaxValue)];
        var lineEnd = line.IndexOfAny(s_lineEnd);
        line = (lineEnd < 0 ? line : line[..lineEnd]).TrimEnd('\\');
        findings.Spend(1 + line.Length / 8);
        var (from, length) = Value(line, text[at..end]);
        if (length > 0 && !SecretValue.IsReference(line.Slice(from, length)))
        {
            findings.Add(start + from, length, "authorization");
        }

        return start + from + length;
    }

    // A scheme is kept. Where it takes parameters, and for cookies, all of the line is the credential.
    private static (int From, int Length) Value(ReadOnlySpan<char> line, ReadOnlySpan<char> name)
    {
        var first = WordLength(line);
        if (name.Contains("cookie", StringComparison.OrdinalIgnoreCase) || line[..first] is "Digest" or "AWS4-HMAC-SHA256" or "OAuth" or "Signature" or "Hawk")
        {
            return (0, line.Length);
        }

        if (first == 0 || first >= line.Length || line[first] != ' ' || line[..first].ContainsAnyExcept(TextShapes.Name))
        {
            return (0, first);
        }

        var rest = first + 1;
        while (rest < line.Length && line[rest] == ' ')
        {
            rest++;
        }

        var second = WordLength(line[rest..]);
        // A known scheme alone can be kept; of two unknown words either can be the credential.
        return IsScheme(line[..first]) ? (rest, second) : (0, line[..first].ContainsAnyExceptInRange('A', 'z') ? first : rest + second);
    }

    private static bool IsScheme(ReadOnlySpan<char> word) =>
        word.Equals("bearer", StringComparison.OrdinalIgnoreCase) || word.Equals("basic", StringComparison.OrdinalIgnoreCase)
        || word.Equals("token", StringComparison.OrdinalIgnoreCase) || word.Equals("negotiate", StringComparison.OrdinalIgnoreCase) || word.Equals("apikey", StringComparison.OrdinalIgnoreCase);

    private static bool IsBasic(ReadOnlySpan<char> value)
    {
        Span<byte> decoded = stackalloc byte[512];
        return value.Length is >= 8 and <= 512 && value.Length % 4 == 0
            && Convert.TryFromBase64Chars(value, decoded, out var count)
            && decoded[..count].Contains((byte)':') && !decoded[..count].ContainsAnyInRange((byte)0, (byte)31);
    }

    private static int WordLength(ReadOnlySpan<char> text)
    {
        var window = text[..Math.Min(text.Length, MaxValue)];
        var end = window.IndexOfAny(s_wordEnd);
        return end < 0 ? window.Length : end;
    }
}
