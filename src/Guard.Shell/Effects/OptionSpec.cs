namespace Guard.Shell.Effects;

/// <summary>
/// An option of a program: its names with their dashes, and what its values are. No values: a flag. <paramref name="Optional"/>: the value,
/// if any, is attached (<c>--color=auto</c>, <c>-i.bak</c>). <paramref name="Ends"/>: no word after it is an option (<c>python -c</c>).
/// </summary>
internal sealed record OptionSpec(string[] Names, ValueUse[] Values, bool Optional, bool Ends)
{
    /// <summary>Reads "kind+kind", "kind?" or "kind!"; "flag" has no value.</summary>
    public static bool TryParseKind(ReadOnlySpan<char> text, out ValueUse[] values, out bool optional, out bool ends)
    {
        optional = ends = false;
        values = [];
        if (text.EndsWith("!"))
        {
            ends = true;
            text = text[..^1];
        }

        if (text.EndsWith("?"))
        {
            optional = true;
            text = text[..^1];
        }

        if (text is "flag")
        {
            return !optional;
        }

        List<ValueUse> found = [];
        foreach (Range part in text.Split('+'))
        {
            if (!ValueUse.Names.TryGetValue(text[part].ToString(), out ValueUse use))
            {
                return false;
            }

            found.Add(use);
        }

        values = [.. found];
        return values.Length == 1 || !optional;
    }
}
