using System.Collections.Immutable;
using Guard.Policy.Matching;

namespace Guard.Policy.Indexing;

/// <summary>
/// Literal texts of which at least one stands in whatever a test matches, ASCII and in any case: what an index looks for before the
/// test itself is tried. Where nothing is known of a test, there are none and it has to be tried on everything.
/// </summary>
internal static class Needles
{
    /// <summary>Null: nothing is known.</summary>
    public static ImmutableArray<string>? Longest(IEnumerable<string>? parts)
    {
        var longest = "";
        foreach (var part in parts ?? [])
        {
            longest = part.Length > longest.Length ? part : longest;
        }

        return IsUsable(longest) ? [longest] : null;
    }

    /// <summary>One of the alternatives holds; null where of one of them nothing is known.</summary>
    public static ImmutableArray<string>? Any(params ReadOnlySpan<ImmutableArray<string>?> alternatives)
    {
        var all = ImmutableArray.CreateBuilder<string>();
        foreach (var alternative in alternatives)
        {
            if (alternative is not { } known)
            {
                return null;
            }

            all.AddRange(known.Where(n => !all.Contains(n)));
        }

        return all.Count == 0 ? null : all.ToImmutable();
    }

    /// <summary>What the operand of a literal comparison leaves of itself in the texts that are scanned.</summary>
    public static ImmutableArray<string>? OfOperand(string operand, ResourceKinds kind)
    {
        // A file's names below the workspace and the home folder start with `.` and `~`, its path does not.
        var text = kind == ResourceKinds.File && operand is ['.' or '~', ..] ? operand[1..] : operand;
        return IsUsable(text) ? [text] : null;
    }

    private static bool IsUsable(string text) => text.Length > 0 && text.All(c => c is > '\0' and < (char)0x80);
}
