using Guard.Shell.Syntax;

namespace Guard.Shell.Expansion;

/// <summary>Replaces tildes in the literal parts of a word.</summary>
internal static class TildeExpansion
{
    /// <summary>Adds a literal part's text to the segments, tildes replaced.</summary>
    /// <param name="text">The literal text.</param>
    /// <param name="first">It starts the word.</param>
    /// <param name="last">It ends the word, so that a tilde prefix may end with it.</param>
    /// <param name="rule">Where tildes count.</param>
    /// <param name="looksLikeAssignment">The word starts with <c>name=</c>.</param>
    /// <param name="state">For <c>HOME</c> and <c>PWD</c>.</param>
    /// <param name="literal">How other text is treated.</param>
    /// <param name="output">Takes the result.</param>
    public static void Expand(string text, bool first, bool last, TildeRule rule, bool looksLikeAssignment, ShellState state, SegmentKind literal, List<Segment> output)
    {
        var valueStart = first && rule == TildeRule.Word ? SignLength(text) : 0;
        var inValue = rule == TildeRule.Assignment || (rule == TildeRule.Word && looksLikeAssignment);
        var done = 0;
        for (var i = text.IndexOf('~', StringComparison.Ordinal); i >= 0; i = text.IndexOf('~', i + 1))
        {
            var atStart = first && (i == 0 || (inValue && i == valueStart));
            var counts = rule != TildeRule.None && (atStart || (inValue && i > 0 && text[i - 1] == ':'));
            if (!counts || i < done)
                continue;
            var end = i + 1;
            while (end < text.Length && text[end] != '/' && !(inValue && text[end] == ':'))
                end++;
            if (end == text.Length && !last)
                continue;
            output.Add(new Segment(literal, text[done..i]));
            output.Add(Home(text[(i + 1)..end], state));
            done = end;
        }

        if (done < text.Length || text.Length == 0)
            output.Add(new Segment(literal, text[done..]));
    }

    private static Segment Home(string user, ShellState state) => (user, user is "" ? state["HOME"] : null) switch
    {
        ("", ShellValue.Scalar home) => new Segment(SegmentKind.Quoted, home.Text),
        ("+", _) when state["PWD"] is ShellValue.Scalar folder => new Segment(SegmentKind.Quoted, folder.Text),
        _ => Segment.Unknown(quoted: true),
    };

    public static bool LooksLikeAssignment(Word word) => word.Parts is [LiteralPart literal, ..] && SignLength(literal.Text) > 0;

    /// <summary>
    /// A word that looks like an assignment has a tilde whose prefix goes on in an expansion: bash then takes the expansion's text as it is written
    /// for a part of the prefix, up to a slash or colon in it.
    /// </summary>
    public static bool RunsIntoExpansion(Word word)
    {
        if (word.Parts.Length == 1 || !LooksLikeAssignment(word))
            return false;
        for (var i = 0; i < word.Parts.Length - 1; i++)
        {
            if (word.Parts[i] is LiteralPart { Text: var text } && text.LastIndexOf('~') is > 0 and var tilde && text[tilde - 1] is '=' or ':' && text.AsSpan(tilde).IndexOfAny('/', ':') < 0)
                return true;
        }

        return false;
    }

    /// <summary>
    /// A word starts with a tilde prefix that ends with a colon, and an expansion follows: bash 5.2 looks for the end of the prefix twice and differs from itself, so that
    /// <c>~:$x</c> is the home folder with <c>:$x</c> as it is written behind it.
    /// </summary>
    public static bool TakesRestAsWritten(Word word)
    {
        if (word.Parts is not [LiteralPart { Text: ['~', ..] text }, _, ..])
            return false;
        var end = text.AsSpan().IndexOfAny('/', ':');
        return end > 0 && text[end] == ':';
    }

    /// <summary>The length of <c>name=</c> or <c>name+=</c> at the start; 0 if there is none.</summary>
    private static int SignLength(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        if (sign <= 0)
            return 0;
        var name = text.AsSpan(0, text[sign - 1] == '+' ? sign - 1 : sign);
        return Characters.IsName(name) ? sign + 1 : 0;
    }
}
