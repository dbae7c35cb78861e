using System.Text;

namespace Guard.Policy.Matching;

/// <summary>The form in which deny, approve and ask rules compare text: composed Unicode (NFC); case is ignored by the comparison.</summary>
internal static class TextForm
{
    /// <summary>Never throws: half a surrogate pair becomes U+FFFD.</summary>
    public static string Composed(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        return WellFormed(text).Normalize(NormalizationForm.FormC);
    }

    /// <summary>NFKC, which also maps full-width and other look-alike forms the way host names are mapped.</summary>
    public static string Compatible(string text) => Ascii.IsValid(text) ? text : WellFormed(text).Normalize(NormalizationForm.FormKC);

    /// <summary>Without blanks and control characters.</summary>
    public static string WithoutBlanks(string text) => text.AsSpan().ContainsAnyInRange('\0', ' ') ? string.Concat(text.Where(c => c > ' ')) : text;

    private static string WellFormed(string text)
    {
        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            builder.Append(rune.ToString());
        }

        return builder.ToString();
    }
}
