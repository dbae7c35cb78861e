namespace Guard.Shell.Effects;

/// <summary>
/// Follows a regular expression to tell whether a place in it is within brackets: some programs take a delimiter there for part of the expression, and some for its
/// end (<c>s/[/]/x/</c>).
/// </summary>
internal struct BracketTracker
{
    private int _opened;
    private char _class;
    private int _classAt;

    /// <summary>The next character is within brackets.</summary>
    public readonly bool IsInside => _opened > 0;

    /// <param name="text">The whole text.</param>
    /// <param name="at">The next character of the expression; a backslash and what it escapes are left out outside of brackets.</param>
    public void Take(string text, int at)
    {
        char c = text[at];
        if (!IsInside)
        {
            _opened = c == '[' ? 1 : 0;
        }
        else if (_class != '\0')
        {
            // [:alpha:]
            _class = c == ']' && text[at - 1] == _class && at - 1 > _classAt + 1 ? '\0' : _class;
        }
        else if (c == '[' && at + 1 < text.Length && text[at + 1] is ':' or '.' or '=')
        {
            (_class, _classAt, _opened) = (text[at + 1], at, 2);
        }
        else if (c == ']' && _opened > 1)
        {
            _opened = 0;
        }
        else if (c != '^' || _opened > 1)
        {
            // A bracket that stands first is an ordinary character.
            _opened = 2;
        }
    }
}
