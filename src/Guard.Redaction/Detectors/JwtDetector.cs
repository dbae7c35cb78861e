namespace Guard.Redaction.Detectors;

/// <summary>JSON Web Tokens (RFC 7519): base64url of <c>{"</c>, then at least one further part.</summary>
internal static class JwtDetector
{
    private const string Start = "eyJ";
    private const int MinHeader = 10;
    private const int MinPart = 4;
    private const int MaxParts = 5;

    public static void Find(ReadOnlySpan<char> text, SecretFindings findings)
    {
        var at = 0;
        while (at < text.Length && text[at..].IndexOf(Start, StringComparison.Ordinal) is >= 0 and var next)
        {
            at += next;
            var end = at;
            var parts = 0;
            var tooShort = false;
            while (parts < MaxParts)
            {
                var run = TextShapes.Run(text[end..], TextShapes.Base64Url, int.MaxValue);
                findings.Spend(1 + run / 8);
                tooShort |= parts == 0 && run < MinHeader || parts == 1 && run < MinPart;
                end += run;
                parts++;
                if (end >= text.Length || text[end] != '.')
                {
                    break;
                }

                end++;
            }

            // The header runs to the end of its characters: no other one begins inside of it and ends elsewhere.
            if (parts >= 2 && !tooShort)
            {
                findings.Add(at, end - at, "jwt");
            }

            at = end;
        }
    }
}
