namespace Guard.Policy.Documents;

/// <summary>Finds the place in a document of a character within a text, so that a problem inside an expression has line and column.</summary>
internal static class ScalarPlace
{
    /// <summary>The place; the beginning of the text where it is written in a way that hides it (escapes in quotes).</summary>
    public static Mark Of(ScalarNode scalar, int offset)
    {
        var raw = scalar.Raw.Span;
        var isBlock = !scalar.Plain && raw.Length > 0 && raw[0] is '|' or '>';
        var isQuoted = !scalar.Plain && !isBlock;
        var at = isBlock ? Math.Max(0, raw.IndexOf('\n')) : isQuoted ? 1 : 0;
        for (var i = 0; i < Math.Min(offset, scalar.Text.Length); i++)
        {
            at = SkipLayout(raw, at, scalar.Text[i]);
            if (at >= raw.Length || (raw[at] != scalar.Text[i] && !(scalar.Text[i] == ' ' && raw[at] == '\n')))
            {
                return scalar.At;
            }

            // A quote within single quotes stands twice.
            at += isQuoted && raw[0] == '\'' && raw[at] == '\'' ? 2 : 1;
        }

        if (offset < scalar.Text.Length)
        {
            at = SkipLayout(raw, at, scalar.Text[offset]);
        }

        var before = raw[..Math.Min(at, raw.Length)];
        var line = before.LastIndexOf('\n');
        return line < 0
            ? new Mark(scalar.At.Line, scalar.At.Column + before.Length)
            : new Mark(scalar.At.Line + before.Count('\n'), before.Length - line);
    }

    // Indentation and line ends that the text does not have.
    private static int SkipLayout(ReadOnlySpan<char> raw, int at, char wanted)
    {
        while (at < raw.Length && raw[at] != wanted && raw[at] is ' ' or '\n' or '\r' or '\t')
        {
            if (wanted == ' ' && raw[at] == '\n')
            {
                return at;
            }

            at++;
        }

        return at;
    }
}
