using System.Globalization;
using System.Text;

namespace Guard.Shell;

/// <summary>Cuts a line into the words bash passes to a simple command, or says why it cannot.</summary>
internal ref struct WordReader
{
    private readonly ReadOnlySpan<char> _line;
    private readonly ShellContext _context;
    private readonly StringBuilder _word = new();
    private int _at;

    private WordReader(string line, ShellContext context)
    {
        _line = line;
        _context = context;
    }

    /// <summary>Adds the words to <paramref name="words"/>; returns null, or a code of <see cref="OpaqueCodes"/>.</summary>
    public static string? Read(string line, ShellContext context, List<string> words)
    {
        var reader = new WordReader(line, context);
        while (true)
        {
            // Only blank and tab part words in every locale; other white space is refused below.
            while (reader._at < reader._line.Length && reader._line[reader._at] is ' ' or '\t') reader._at++;
            if (reader._at == reader._line.Length) return words.Count == 0 ? OpaqueCodes.Empty : null;
            if (words.Count == ShellLimits.MaxWords) return OpaqueCodes.TooManyWords;
            if (reader.ReadWord(isProgram: words.Count == 0) is { } why) return why;
            words.Add(reader._word.ToString());
        }
    }

    private string? ReadWord(bool isProgram)
    {
        _word.Clear();
        var start = _at;
        if (_line[_at] is '=' or '^' or '%') return OpaqueCodes.SpecialWord;
        if (_line[_at] == '~' && ExpandTilde() is { } whyTilde) return whyTilde;

        while (_at < _line.Length)
        {
            var c = _line[_at];
            switch (c)
            {
                case ' ' or '\t':
                    return null;
                case '\'':
                    if (ReadSingleQuoted() is { } whySingle) return whySingle;
                    break;
                case '"':
                    if (ReadDoubleQuoted() is { } whyDouble) return whyDouble;
                    break;
                case '\\':
                    if (ReadEscape() is { } whyEscape) return whyEscape;
                    break;
                case '=' when isProgram:
                    return OpaqueCodes.Assignment;
                case '~' when _at > start && _line[_at - 1] is '=' or ':':
                    // bash expands it in words that look like assignments, also in arguments.
                    return OpaqueCodes.Tilde;
                default:
                    if (Unquoted(c) is { } why) return why;
                    if (ReadPlain() is { } whyOdd) return whyOdd;
                    break;
            }
        }

        return null;
    }

    /// <summary>A word that begins with an unquoted <c>~</c>: exact for <c>~</c> and <c>~/…</c> with a known home.</summary>
    private string? ExpandTilde()
    {
        var next = _at + 1 < _line.Length ? _line[_at + 1] : ' ';
        if (next is not ('/' or ' ' or '\t')) return OpaqueCodes.Tilde;
        // A home of "/" or with a final slash is joined differently by different versions of bash.
        if (_context.Home is not { Length: > 1 } home || home[0] != '/' || home[^1] == '/') return OpaqueCodes.Tilde;
        _word.Append(home);
        _at++;
        return null;
    }

    private string? ReadSingleQuoted()
    {
        for (_at++; _at < _line.Length;)
        {
            if (_line[_at] == '\'')
            {
                _at++;
                return null;
            }

            if (ReadQuotedCharacter() is { } why) return why;
        }

        return OpaqueCodes.Unterminated;
    }

    private string? ReadDoubleQuoted()
    {
        for (_at++; _at < _line.Length;)
        {
            switch (_line[_at])
            {
                case '"':
                    _at++;
                    return null;
                case '$':
                    return OpaqueCodes.Expansion;
                case '`':
                    return OpaqueCodes.Substitution;
                case '!':
                    return OpaqueCodes.Bang;
                case '\\':
                    if (_at + 1 == _line.Length) return OpaqueCodes.Unterminated;
                    if (_line[_at + 1] == '\n') return OpaqueCodes.Newline;
                    // Inside double quotes a backslash quotes only these; before anything else it stays.
                    if (_line[_at + 1] is '$' or '`' or '"' or '\\') _at++;
                    _word.Append(_line[_at++]);
                    break;
                default:
                    if (ReadQuotedCharacter() is { } why) return why;
                    break;
            }
        }

        return OpaqueCodes.Unterminated;
    }

    private string? ReadEscape()
    {
        if (_at + 1 == _line.Length) return OpaqueCodes.Unterminated;
        var c = _line[_at + 1];
        if (c == '\n') return OpaqueCodes.Newline;
        if (c == '\0') return OpaqueCodes.Nul;
        if (c < ' ' || c == '\x7f') return OpaqueCodes.Control;
        if (c > '\x7f') return OpaqueCodes.OddCharacter;
        _word.Append(c);
        _at += 2;
        return null;
    }

    /// <summary>Characters that mean something outside quotes.</summary>
    private static string? Unquoted(char c) => c switch
    {
        ';' or '&' or '|' or '(' or ')' => OpaqueCodes.Operator,
        '<' or '>' => OpaqueCodes.Redirect,
        '$' => OpaqueCodes.Expansion,
        '`' => OpaqueCodes.Substitution,
        '*' or '?' or '[' => OpaqueCodes.Glob,
        '{' or '}' => OpaqueCodes.Brace,
        '#' => OpaqueCodes.Comment,
        '!' => OpaqueCodes.Bang,
        _ => ControlOf(c),
    };

    private static string? ControlOf(char c) => c switch
    {
        '\0' => OpaqueCodes.Nul,
        '\n' or '\r' => OpaqueCodes.Newline,
        < ' ' or '\x7f' => OpaqueCodes.Control,
        >= '\x80' and < '\xa0' => OpaqueCodes.Control,
        _ => null,
    };

    private string? ReadPlain()
    {
        if (_line[_at] <= '\x7f')
        {
            _word.Append(_line[_at++]);
            return null;
        }

        if (Rune.DecodeFromUtf16(_line[_at..], out var rune, out var length) != System.Buffers.OperationStatus.Done)
        {
            return OpaqueCodes.OddCharacter;
        }

        // Letters, digits and marks read the same in every locale with a multi-byte encoding; blanks and the invisible do not.
        var ordinary = Rune.GetUnicodeCategory(rune) is <= UnicodeCategory.OtherNumber or
            UnicodeCategory.DashPunctuation or UnicodeCategory.OtherPunctuation or UnicodeCategory.ConnectorPunctuation or
            UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.OtherSymbol;
        if (!ordinary) return OpaqueCodes.OddCharacter;
        _word.Append(_line.Slice(_at, length));
        _at += length;
        return null;
    }

    private string? ReadQuotedCharacter()
    {
        if (ControlOf(_line[_at]) is { } why) return why;
        if (!char.IsSurrogate(_line[_at]))
        {
            _word.Append(_line[_at++]);
            return null;
        }

        if (_at + 1 == _line.Length || !char.IsSurrogatePair(_line[_at], _line[_at + 1])) return OpaqueCodes.OddCharacter;
        _word.Append(_line.Slice(_at, 2));
        _at += 2;
        return null;
    }
}
