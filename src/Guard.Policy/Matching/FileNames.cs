using System.Collections.Immutable;
using System.Text;

namespace Guard.Policy.Matching;

/// <summary>
/// The names that a file must have for a condition to mean it, in a form that hooks compare without knowing the language: names of
/// consecutive folders, the file last, <c>*</c> for any text, and a final <c>/**</c> for everything below.
/// </summary>
internal static class FileNames
{
    private const string CrossAll = "**";

    /// <summary>Null where no part of the condition says it.</summary>
    public static ImmutableArray<string>? Of(ResourceDefinition block)
    {
        // The keys of a block all have to hold, so one that says names is enough.
        return All(block.Matches, OfGlob) ?? All(block.EqualTo, OfPath) ?? All(block.EndsWith, OfEnd) ?? All(block.StartsWith, OfStart) ?? All(block.Contains, OfPart);
    }

    private static ImmutableArray<string>? All(ImmutableArray<string> operands, Func<string, string?> name)
    {
        if (operands.IsEmpty) return null;
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var operand in operands)
        {
            if (name(operand) is not { } one) return null;
            names.Add(one);
        }

        return names.ToImmutable();
    }

    private static string? OfGlob(string pattern)
    {
        var segments = Segments(pattern);
        var below = segments.Count > 0 && segments[^1] == CrossAll;
        if (below) segments.RemoveAt(segments.Count - 1);
        var start = segments.LastIndexOf(CrossAll) + 1;
        return Joined([.. segments.Skip(start).Select(OfSegment)], below);
    }

    private static string? OfPath(string path) => Joined([.. Segments(path).Select(Literal)], below: false);

    private static string? OfEnd(string end)
    {
        var segments = Segments(end).Select(Literal).ToList();
        if (segments.Count == 0 || end.EndsWith('/')) return null;
        if (!end.StartsWith('/')) segments[0] = Star(segments[0], "*");
        return Joined(segments, below: false);
    }

    private static string? OfStart(string start)
    {
        var segments = Segments(start).Select(Literal).ToList();
        if (segments.Count == 0) return null;
        if (!start.EndsWith('/')) segments[^1] += "*";
        return Joined(segments, below: true);
    }

    private static string? OfPart(string part) => part.Contains('/', StringComparison.Ordinal) ? null : Joined([Star(Literal(part), "*") + "*"], below: true);

    private static string Star(string name, string star) => name.StartsWith('*') ? name : star + name;

    // Where the pattern starts does not matter here: a name too many only costs a look.
    private static List<string> Segments(string pattern) =>
        [.. pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s is not ("." or "~"))];

    private static string? Joined(List<string> segments, bool below)
    {
        // A last name that is anything would make every file one to look at.
        if (segments.Count == 0 || !segments[^1].Any(c => c != '*')) return null;
        return string.Join('/', segments) + (below ? "/" + CrossAll : "");
    }

    private static string OfSegment(string segment)
    {
        var text = new StringBuilder();
        for (var i = 0; i < segment.Length; i++)
        {
            switch (segment[i])
            {
                case '*' or '?':
                    text.Append('*');
                    break;
                case '[':
                    var first = i + 1 < segment.Length && segment[i + 1] is ('!' or '^') ? i + 3 : i + 2;
                    var end = segment.IndexOf(']', Math.Min(segment.Length, first));
                    text.Append('*');
                    i = end < 0 ? segment.Length : end;
                    break;
                case '\\' when i + 1 < segment.Length:
                    Append(text, segment[++i]);
                    break;
                default:
                    Append(text, segment[i]);
                    break;
            }
        }

        return text.ToString();
    }

    private static string Literal(string segment)
    {
        var text = new StringBuilder();
        foreach (var c in segment) Append(text, c);
        return text.ToString();
    }

    // A character that has several Unicode forms, or that a hook would take for a wildcard, is anything.
    private static void Append(StringBuilder text, char c) => text.Append(c is >= (char)32 and <= (char)126 and not ('*' or '/') ? c : '*');
}
