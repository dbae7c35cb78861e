namespace Guard.Shell.Syntax;

/// <summary>Words that bash reads as syntax where a command may start.</summary>
internal static class ReservedWords
{
    /// <summary>No reserved word is longer.</summary>
    public const int MaxLength = 8;

    public static bool Contains(ReadOnlySpan<char> word) =>
        word is "!" or "[[" or "]]" or "{" or "}" or "case" or "coproc" or "do" or "done" or "elif" or "else" or "esac" or "fi" or "for" or
            "function" or "if" or "in" or "select" or "then" or "time" or "until" or "while";

    /// <summary>The reserved word at the cursor, or null. Quoted or split words are not reserved.</summary>
    public static string? At(SourceCursor cursor)
    {
        var length = 0;
        while (length <= MaxLength && !Characters.EndsWord(cursor.Peek(length)))
            length++;
        cursor.Budget.Step(length + 1);
        if (length is 0 or > MaxLength || StartsProcessSubstitution(cursor, length))
            return null;
        var word = cursor.Slice(cursor.Position, cursor.Position + length);
        return Contains(word) ? word : null;
    }

    public static bool Is(SourceCursor cursor, string word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (cursor.Peek(i) != word[i])
                return false;
        }

        cursor.Budget.Step(word.Length);
        return Characters.EndsWord(cursor.Peek(word.Length)) && !StartsProcessSubstitution(cursor, word.Length);
    }

    /// <summary><c>do&lt;(...)</c> is one word, and no reserved one.</summary>
    private static bool StartsProcessSubstitution(SourceCursor cursor, int ahead) => cursor.Peek(ahead) is '<' or '>' && cursor.Peek(ahead + 1) == '(';
}
