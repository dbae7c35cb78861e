using System.Runtime.InteropServices;
using System.Text;
using Guard.Redaction.Detectors;

namespace Guard.Redaction;

/// <summary>A text without its secrets.</summary>
/// <param name="Text">With marks in their place.</param>
/// <param name="Erased">Whether there were any.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RedactedText(string Text, bool Erased);

/// <summary>Takes secrets out of texts. Never throws; safe for several threads; linear in the length of the text.</summary>
/// <remarks>INVARIANT (failing closed): where a detector fails or runs out of steps, nothing of the text is left.</remarks>
public sealed class Redactor
{
    private static readonly SecretDetector[] s_all =
    [
        PrivateKeyDetector.Find,
        TokenDetector.Find,
        JwtDetector.Find,
        UrlUserinfoDetector.Find,
        HeaderDetector.Find,
        AssignmentDetector.Find,
        CommandOptionDetector.Find,
    ];

    private readonly IReadOnlyList<SecretDetector> _detectors;

    public Redactor(SecretMarker? marker = null)
        : this(marker, s_all)
    {
    }

    internal Redactor(SecretMarker? marker, IReadOnlyList<SecretDetector> detectors)
    {
        Marker = marker ?? new SecretMarker();
        _detectors = detectors;
    }

    public SecretMarker Marker { get; }

    /// <summary>For messages and logs; <see cref="JsonRedaction"/> is for events.</summary>
    public RedactedText Text(string text)
    {
        var found = Find(text);
        return found.Count == 0 ? new RedactedText(text, Erased: false) : new RedactedText(Replace(text, found), Erased: true);
    }

    /// <summary>The secrets of a text in order, none overlapping; the whole text where that cannot be said.</summary>
    internal IReadOnlyList<SecretSpan> Find(string text)
    {
        var findings = new SecretFindings(text.Length);
        foreach (var detector in _detectors)
        {
            try
            {
                detector(text, findings);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return [new SecretSpan(0, text.Length, exception is RedactionBudgetException ? "too-long-to-search" : "not-searchable")];
            }
        }

        return findings.Spans.Count == 0 ? [] : Merge(findings.Spans);
    }

    internal string Replace(string text, IReadOnlyList<SecretSpan> spans)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var span in spans)
        {
            result.Append(text, at, span.Start - at).Append(Marker.For(span.Kind, text.AsSpan(span.Start, span.Length)));
            at = span.End;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>One span where several overlap; its kind is that of the longest.</summary>
    internal static List<SecretSpan> Merge(List<SecretSpan> spans)
    {
        spans.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.Length.CompareTo(a.Length));
        var merged = new List<SecretSpan>(spans.Count);
        foreach (var span in spans)
        {
            if (merged.Count == 0 || span.Start >= merged[^1].End)
            {
                merged.Add(span);
                continue;
            }

            var last = merged[^1];
            merged[^1] = new SecretSpan(last.Start, Math.Max(last.End, span.End) - last.Start, span.Length > last.Length ? span.Kind : last.Kind);
        }

        return merged;
    }
}
