using System.Text.RegularExpressions;

namespace Guard.Policy.Matching;

/// <summary><c>regex</c>, on the linear-time engine only: in a deny it searches, in an allow it must match the whole text.</summary>
internal sealed class RegexTest : ResourceTest
{
    /// <summary>Characters.</summary>
    public const int MaxLength = 1024;

    private readonly string _pattern;
    private readonly Regex _whole;
    private readonly Regex _search;

    private RegexTest(string pattern, Regex whole, Regex search) => (_pattern, _whole, _search) = (pattern, whole, search);

    public override string Shown => $"matches the regex `{_pattern}`";

    /// <summary>Parses, or says in <paramref name="problem"/> why the pattern is wrong.</summary>
    public static RegexTest? Parse(string pattern, out string? problem)
    {
        if (pattern.Length > MaxLength)
        {
            problem = $"it has {pattern.Length} characters, the limit is {MaxLength}";
            return null;
        }

        try
        {
            // On its own first: `a)(b` would be valid between the brackets below.
            const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
            var search = new Regex(pattern, Linear | RegexOptions.IgnoreCase | RegexOptions.Singleline);
            var whole = new Regex($@"\A(?:{pattern})\z", Linear);
            problem = null;
            return new RegexTest(pattern, whole, search);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = e.Message;
            return null;
        }
    }

    public override bool IsMatch(Spelling spelling, bool generous)
    {
        if (spelling.Subtree || spelling.IsOpen)
        {
            return generous;
        }

        var regex = generous ? _search : _whole;
        foreach (var name in spelling.Names(_pattern, generous))
        {
            if (regex.IsMatch(name))
            {
                return true;
            }
        }

        return false;
    }
}
