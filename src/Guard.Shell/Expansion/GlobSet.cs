using System.Text;

namespace Guard.Shell.Expansion;

/// <summary>A bracket expression. Only what means the same in every locale is modelled.</summary>
internal sealed class GlobSet
{
    private readonly bool _negated;
    private readonly List<(int From, int To)> _ranges;
    private readonly List<string> _classes;

    private GlobSet(bool negated, List<(int From, int To)> ranges, List<string> classes) => (_negated, _ranges, _classes) = (negated, ranges, classes);

    /// <summary>Reads from the opening bracket; on success <paramref name="index"/> is at the closing one.</summary>
    public static GlobSet? TryParse(IReadOnlyList<PatternCharacter> text, ref int index)
    {
        var i = index + 1;
        var negated = i < text.Count && text[i] is { Active: true, Rune.Value: '!' or '^' };
        if (negated)
            i++;
        var ranges = new List<(int From, int To)>();
        var classes = new List<string>();
        for (var first = true; i < text.Count; first = false)
        {
            var (rune, active) = text[i];
            if (!active || rune.Value is '/' or '\\')
                return null;
            if (rune.Value == ']' && !first)
            {
                index = i;
                return new GlobSet(negated, ranges, classes);
            }

            if (rune.Value == '[' && i + 1 < text.Count && text[i + 1].Rune.Value is ':' or '.' or '=')
            {
                if (ReadClass(text, ref i) is not { } name)
                    return null;
                classes.Add(name);
                continue;
            }

            i++;
            if (i + 1 < text.Count && text[i].Rune.Value == '-' && text[i + 1].Rune.Value != ']')
            {
                var end = text[i + 1];
                if (!end.Active || !text[i].Active || !rune.IsAscii || !end.Rune.IsAscii || end.Rune.Value is '[' or '/' or '\\' || end.Rune.Value < rune.Value)
                    return null;
                ranges.Add((rune.Value, end.Rune.Value));
                i += 2;
            }
            else
            {
                ranges.Add((rune.Value, rune.Value));
            }
        }

        return null;
    }

    /// <summary>Null: only the locale could tell.</summary>
    public bool? Contains(Rune rune)
    {
        var found = false;
        foreach (var (from, to) in _ranges)
        {
            if (!rune.IsAscii && from != to)
                return null;
            found |= rune.Value >= from && rune.Value <= to;
        }

        foreach (var name in _classes)
        {
            if (!rune.IsAscii)
                return null;
            found |= InClass((char)rune.Value, name);
        }

        return found != _negated;
    }

    private static string? ReadClass(IReadOnlyList<PatternCharacter> text, ref int i)
    {
        if (text[i + 1].Rune.Value != ':')
            return null;
        var name = new StringBuilder();
        var at = i + 2;
        while (at < text.Count && char.IsAsciiLetter((char)text[at].Rune.Value) && text[at].Active)
            name.Append((char)text[at++].Rune.Value);
        if (at + 1 >= text.Count || text[at].Rune.Value != ':' || text[at + 1].Rune.Value != ']')
            return null;
        i = at + 2;
        return name.ToString() is "alpha" or "digit" or "alnum" or "upper" or "lower" or "space" or "blank" or "punct" or "xdigit" ? name.ToString() : null;
    }

    private static bool InClass(char c, string name) => name switch
    {
        "alpha" => char.IsAsciiLetter(c),
        "digit" => char.IsAsciiDigit(c),
        "alnum" => char.IsAsciiLetterOrDigit(c),
        "upper" => char.IsAsciiLetterUpper(c),
        "lower" => char.IsAsciiLetterLower(c),
        "space" => c is ' ' or (>= '\t' and <= '\r'),
        "blank" => c is ' ' or '\t',
        "xdigit" => char.IsAsciiHexDigit(c),
        _ => c is > ' ' and < '\u007f' && !char.IsAsciiLetterOrDigit(c),
    };
}
