using System.Text;
using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Cuts and replaces what a pattern matches. Null: the locale would decide, or the work is over the limit.</summary>
internal static class PatternEdit
{
    public static string? Remove(string text, GlobPattern pattern, ParameterOperator op, int steps)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        var prefix = op is ParameterOperator.RemovePrefix or ParameterOperator.RemoveLongestPrefix;
        var longest = op is ParameterOperator.RemoveLongestPrefix or ParameterOperator.RemoveLongestSuffix;
        for (var i = 0; i <= runes.Length; i++)
        {
            var length = longest ? runes.Length - i : i;
            var candidate = prefix ? runes.AsSpan(0, length) : runes.AsSpan(runes.Length - length);
            if (pattern.Matches(candidate, ref steps) is not { } matches)
                return null;
            if (matches)
                return Text(prefix ? runes.AsSpan(length) : runes.AsSpan(0, runes.Length - length));
        }

        return text;
    }

    public static string? Replace(string text, GlobPattern pattern, ParameterOperator op, string replacement, ExpansionLimits limits)
    {
        // What an empty text or an empty match becomes differs between releases.
        if (text.Length == 0)
            return null;
        Rune[] runes = [.. text.EnumerateRunes()];
        var steps = limits.ValuePatternSteps;
        var result = new StringBuilder();
        var start = 0;
        while (start < runes.Length)
        {
            if (!TryMatch(runes, start, pattern, op, ref steps, out var length))
                return null;
            if (length <= 0)
            {
                if (op == ParameterOperator.ReplacePrefix)
                    break;
                result.Append(runes[start++].ToString());
                continue;
            }

            result.Append(replacement);
            start += length;
            if (op != ParameterOperator.ReplaceAll)
                break;
            if (result.Length > limits.TextLength)
                return null;
        }

        return result.Append(Text(runes.AsSpan(start))).ToString();
    }

    /// <summary>The longest match at a place; 0 or less if there is none.</summary>
    private static bool TryMatch(Rune[] runes, int start, GlobPattern pattern, ParameterOperator op, ref int steps, out int length)
    {
        var shortest = op == ParameterOperator.ReplaceSuffix ? runes.Length - start : 0;
        for (length = runes.Length - start; length >= shortest && length > 0; length--)
        {
            if (pattern.Matches(runes.AsSpan(start, length), ref steps) is not { } matches)
                return false;
            if (matches)
                return true;
        }

        length = 0;
        return true;
    }

    private static string Text(ReadOnlySpan<Rune> runes)
    {
        var text = new StringBuilder();
        foreach (var rune in runes)
            text.Append(rune.ToString());
        return text.ToString();
    }
}
