using Guard.Shell.Syntax;

namespace Guard.Shell.Lines;

/// <summary>Finds variables that a text sets in other ways than by an assignment or a builtin: as a loop's, or by <c>${x:=y}</c>.</summary>
internal static class LoadingLoops
{
    public static SourceSpan? Find(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!Characters.IsNameStart(text[i]) || (i > 0 && Characters.IsNameCharacter(text[i - 1])))
                continue;
            var end = End(text, i);
            if (text[i..end] is "for" or "select" && Skip(text, end) is var at && at > end && at < text.Length && Characters.IsNameStart(text[at]) && SensitiveNames.Loads(text[at..End(text, at)]))
            {
                var behind = text.AsSpan(Skip(text, End(text, at)));
                if (behind.IsEmpty || behind[0] is ';' or '\n' || behind.StartsWith("in", StringComparison.Ordinal) || behind.StartsWith("do", StringComparison.Ordinal))
                    return new SourceSpan(i, End(text, at) - i);
            }

            var braced = i > 1 && text[i - 1] == '{' && text[i - 2] == '$';
            if (braced && (text.AsSpan(end).StartsWith("=") || text.AsSpan(end).StartsWith(":=")) && SensitiveNames.Loads(text[i..end]))
                return new SourceSpan(i - 2, end - i + 2);
            i = end - 1;
        }

        return null;
    }

    private static int End(string text, int start)
    {
        while (start < text.Length && Characters.IsNameCharacter(text[start]))
            start++;
        return start;
    }

    private static int Skip(string text, int at)
    {
        while (at < text.Length && (text[at] is ' ' or '\t' || (text[at] == '\\' && at + 1 < text.Length && text[at + 1] == '\n') || (text[at] == '\n' && at > 0 && text[at - 1] == '\\')))
            at++;
        return at;
    }
}
