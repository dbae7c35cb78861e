using System.Text.RegularExpressions;
using Guard.Policy.Matching;

namespace Guard.Policy.Cel;

/// <summary>The regex of a <c>matches</c>, in each of the ways in which rules compare. Linear in the text's length.</summary>
internal sealed class CelRegex
{
    /// <summary>Characters.</summary>
    public const int MaxLength = 1024;

    private readonly Regex _search;
    private readonly Regex _whole;
    private readonly Regex _generous;

    private CelRegex(Regex search, Regex whole, Regex generous) => (_search, _whole, _generous) = (search, whole, generous);

    /// <summary>Null where the pattern is wrong; <paramref name="problem"/> says why.</summary>
    public static CelRegex? Parse(string pattern, out string? problem)
    {
        if (pattern.Length > MaxLength)
        {
            problem = $"it has {pattern.Length} characters, the limit is {MaxLength}";
            return null;
        }

        if (Re2Translator.Translate(pattern, out problem) is not { } translated)
        {
            return null;
        }

        try
        {
            const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            return new CelRegex(new Regex(translated, Linear), new Regex($@"\A(?:{translated})\z", Linear), new Regex(translated, Linear | RegexOptions.IgnoreCase));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            // The engine refuses what would make too large an automaton.
            problem = e.Message;
            return null;
        }
    }

    public CelValue Match(CelRun run, string text)
    {
        // Many states cost more than one comparison per character.
        if (!run.Scan(text.Length, 32))
        {
            return run.Exhausted!;
        }

        return CelBool.Of(run.Mode switch
        {
            CelTextMode.Exact => _whole.IsMatch(text),
            CelTextMode.Generous => _generous.IsMatch(text) || _generous.IsMatch(TextForm.Composed(text)),
            _ => _search.IsMatch(text),
        });
    }
}
