namespace Guard.Redaction.Detectors;

/// <summary>Private keys in PEM (RFC 7468), OpenSSH, PGP and PuTTY form, to their end or the end of the text.</summary>
internal static class PrivateKeyDetector
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";
    private const string PuttyBegin = "Private-Lines:";
    private const string PuttyEnd = "Private-MAC:";
    private const int MaxLabel = 64;

    public static void Find(ReadOnlySpan<char> text, SecretFindings findings)
    {
        FindPem(text, findings);
        if (text.IndexOf(PuttyBegin, StringComparison.Ordinal) is >= 0 and var putty)
        {
            var start = putty + PuttyBegin.Length;
            var end = text[start..].LastIndexOf(PuttyEnd, StringComparison.Ordinal);
            findings.Add(start, end < 0 ? text.Length - start : end, "private-key");
        }
    }

    private static void FindPem(ReadOnlySpan<char> text, SecretFindings findings)
    {
        var at = 0;
        while (at < text.Length && text[at..].IndexOf(Begin, StringComparison.Ordinal) is >= 0 and var next)
        {
            at += next;
            findings.Spend(MaxLabel / 8);
            var label = text[(at + Begin.Length)..Math.Min(text.Length, at + Begin.Length + MaxLabel)];
            var dashes = label.IndexOf(Dashes, StringComparison.Ordinal);
            if (!(dashes < 0 ? label : label[..dashes]).Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                at += Begin.Length;
                continue;
            }

            var end = EndOf(text, at + Begin.Length);
            findings.Add(at, end - at, "private-key");
            at = end;
        }
    }

    // After the END line; the end of the text where the key is cut off.
    private static int EndOf(ReadOnlySpan<char> text, int from)
    {
        var mark = text[from..].IndexOf(End, StringComparison.Ordinal);
        if (mark < 0)
        {
            return text.Length;
        }

        var label = from + mark + End.Length;
        var rest = text[label..Math.Min(text.Length, label + MaxLabel)];
        var dashes = rest.IndexOf(Dashes, StringComparison.Ordinal);
        return dashes < 0 ? label : label + dashes + Dashes.Length;
    }
}
