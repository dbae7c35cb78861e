using System.Buffers;

namespace Guard.Redaction.Detectors;

/// <summary>Tokens that say by their beginning whose they are.</summary>
internal static class TokenDetector
{
    /// <summary>Nothing that follows a beginning is looked at further than this; a token that is longer is one all the same.</summary>
    private const int MaxRun = 4_096;

    private static readonly SearchValues<string> s_prefixes = SearchValues.Create([.. TokenShapes.All.Select(static shape => shape.Prefix)], StringComparison.Ordinal);

    // By first character: few have the same.
    private static readonly TokenShape[][] s_byFirst = [.. Enumerable.Range(0, 128).Select(static first => TokenShapes.All.Where(shape => shape.Prefix[0] == first).OrderByDescending(static shape => shape.Prefix.Length).ToArray())];

    public static void Find(ReadOnlySpan<char> text, SecretFindings findings)
    {
        var at = 0;
        while (at < text.Length && text[at..].IndexOfAny(s_prefixes) is >= 0 and var next)
        {
            at += next;
            at += Math.Max(1, Match(text, at, findings));
        }
    }

    // The length of the token found; 0: none.
    private static int Match(ReadOnlySpan<char> text, int at, SecretFindings findings)
    {
        foreach (var shape in s_byFirst[text[at]])
        {
            findings.Spend(1);
            if (!text[at..].StartsWith(shape.Prefix, StringComparison.Ordinal) || (shape.Bounded && !TextShapes.IsBoundary(text, at)))
            {
                continue;
            }

            var from = at + shape.Prefix.Length;
            var run = TextShapes.Run(text[from..], shape.Set, MaxRun);
            findings.Spend(run / 8);
            var cut = from + run == text.Length && run >= shape.MinCut;
            if ((run >= shape.Min || cut) && run <= shape.Max)
            {
                var start = shape.KeepPrefix ? from : at;
                findings.Add(start, from + run - start, shape.Kind);
                return from + run - at;
            }
        }

        return 0;
    }
}
