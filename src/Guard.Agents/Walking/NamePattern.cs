namespace Guard.Agents.Walking;

/// <summary>A name in which <c>*</c> is any text, and <c>?</c> one character where the caller says so.</summary>
internal static class NamePattern
{
    /// <summary>Time is at most the product of the lengths.</summary>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name, bool ignoreCase, bool oneCharacter = false)
    {
        int n = 0, p = 0, star = -1, starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starName = n;
            }
            else if (p < pattern.Length && (Same(pattern[p], name[n], ignoreCase) || (oneCharacter && pattern[p] == '?')))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                n = ++starName;
                p = star + 1;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool Same(char a, char b, bool ignoreCase) => a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
