using System.Buffers;

namespace Guard.Shell.Syntax;

/// <summary>bash's character classes. Only ASCII counts: other blanks and letters are ordinary characters to it.</summary>
internal static class Characters
{
    /// <summary>What ends a run of ordinary characters inside an unquoted word.</summary>
    private static readonly SearchValues<char> WordSpecial = SearchValues.Create(" \t\n;&|()<>\\'\"`$");

    public static bool IsBlank(char c) => c is ' ' or '\t';

    public static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>Ends an unquoted word. The end of the text counts.</summary>
    public static bool EndsWord(char c) => c is ' ' or '\t' or '\n' or ';' or '&' or '|' or '(' or ')' or '<' or '>' or '\0';

    public static bool IsWordSpecial(char c) => c == '\0' || WordSpecial.Contains(c);

    public static bool IsSpecialParameter(char c) => c is '@' or '*' or '#' or '?' or '-' or '$' or '!';

    public static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !IsNameStart(text[0]))
            return false;
        foreach (var c in text)
        {
            if (!IsNameCharacter(c))
                return false;
        }

        return true;
    }
}
