using System.Globalization;
using System.Text;

namespace Guard.Policy.Cel;

/// <summary>
/// Translates a regex in RE2's syntax, which the language prescribes, into one for the framework's linear-time engine with
/// the same matches: <c>\d \w \s</c> and the named classes are ASCII, <c>$</c> is the end of the text, a dot is a whole
/// code point, groups capture nothing. What has another meaning there or none here is refused. One difference stays:
/// <c>\b</c> counts letters of all scripts.
/// </summary>
internal sealed class Re2Translator
{
    private const int MaxRepetition = 1000;
    private const int MaxDepth = 100;

    // A pair of surrogates stands for one code point above U+FFFF.
    private const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    private static readonly Dictionary<string, string> NamedClasses = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7F",
        ["blank"] = @"\t ",
        ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = " -~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\x0B\f\r ",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly string _pattern;
    private readonly StringBuilder _to = new();
    private int _at;
    private int _depth;
    private bool _ignoreCase;
    private bool _multiline;
    private bool _dotAll;

    private Re2Translator(string pattern) => _pattern = pattern;

    /// <summary>The pattern for the framework, or null and what is wrong.</summary>
    public static string? Translate(string pattern, out string? problem)
    {
        try
        {
            var translator = new Re2Translator(pattern);
            translator.Alternatives();
            if (translator._at < pattern.Length)
            {
                throw new RefusedException("a `)` has no `(`");
            }

            problem = null;
            return translator._to.ToString();
        }
        catch (RefusedException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private char Peek(int ahead = 0) => _at + ahead < _pattern.Length ? _pattern[_at + ahead] : '\0';

    private bool Accept(string text)
    {
        if (string.CompareOrdinal(_pattern, _at, text, 0, text.Length) != 0)
        {
            return false;
        }

        _at += text.Length;
        return true;
    }

    private void Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw new RefusedException($"it is nested deeper than {MaxDepth}");
        }

        while (_at < _pattern.Length && Peek() != ')')
        {
            if (Accept("|"))
            {
                _to.Append('|');
                continue;
            }

            var start = _to.Length;
            if (Atom())
            {
                Repetition(start);
            }
        }

        _depth--;
    }

    /// <summary>False where nothing was written that could be repeated.</summary>
    private bool Atom()
    {
        var c = Peek();
        switch (c)
        {
            case '(':
                _at++;
                return Group();
            case '[':
                _at++;
                Class();
                return true;
            case '.':
                _at++;
                _to.Append("(?:").Append(Pair).Append(_dotAll ? @"|[^\uD800-\uDFFF])" : @"|[^\n\uD800-\uDFFF])");
                return true;
            case '^':
                _at++;
                _to.Append(_multiline ? "(?m:^)" : @"\A");
                return true;
            case '$':
                _at++;
                _to.Append(_multiline ? "(?m:$)" : @"\z");
                return true;
            case '*' or '+' or '?':
                throw new RefusedException($"`{c}` repeats nothing");
            case '\\':
                return Escape();
            default:
                Literal(NextRune());
                return true;
        }
    }

    private Rune NextRune()
    {
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out var rune, out var consumed) != System.Buffers.OperationStatus.Done)
        {
            throw new RefusedException("it ends early or holds half a character");
        }

        _at += consumed;
        return rune;
    }

    private void Literal(Rune rune)
    {
        var text = rune.Value is '#' or ' ' || !rune.IsBmp || char.IsAsciiLetterOrDigit((char)rune.Value)
            ? rune.ToString()
            : $"\\u{rune.Value:X4}";
        _to.Append(_ignoreCase ? $"(?i:{text})" : rune.IsBmp ? text : $"(?:{text})");
    }

    private bool Group()
    {
        var (ignoreCase, multiline, dotAll) = (_ignoreCase, _multiline, _dotAll);
        if (Accept("?"))
        {
            if (Accept("P<") || (Peek() == '<' && Peek(1) is not ('=' or '!') && Accept("<")))
            {
                var end = _pattern.IndexOf('>', _at);
                if (end <= _at || !_pattern.AsSpan(_at, end - _at).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                {
                    throw new RefusedException("a group's name has letters, digits and `_`");
                }

                _at = end + 1;
            }
            else if (Flags())
            {
                return false;
            }
        }

        _to.Append("(?:");
        Alternatives();
        if (!Accept(")"))
        {
            throw new RefusedException("a `(` has no `)`");
        }

        _to.Append(')');
        (_ignoreCase, _multiline, _dotAll) = (ignoreCase, multiline, dotAll);
        return true;
    }

    /// <summary>True where the flags hold for the rest of the group: <c>(?i)</c> rather than <c>(?i:…)</c>.</summary>
    private bool Flags()
    {
        var on = true;
        while (true)
        {
            var flag = Peek();
            _at++;
            switch (flag)
            {
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm':
                    _multiline = on;
                    break;
                case 's':
                    _dotAll = on;
                    break;
                case 'U':
                    break;
                case '-' when on:
                    on = false;
                    break;
                case ')':
                    return true;
                case ':':
                    return false;
                default:
                    throw new RefusedException("`(?` is followed by what RE2 does not know; look-around and conditions are not supported");
            }
        }
    }

    private void Repetition(int start)
    {
        var times = 0;
        while (true)
        {
            string repetition;
            if (Peek() is '*' or '+' or '?')
            {
                repetition = _pattern[_at++].ToString();
            }
            else if (Peek() == '{' && Counted() is { } counted)
            {
                repetition = counted;
            }
            else
            {
                return;
            }

            // RE2 takes `a**`, not `a*+`; neither says what a reader expects.
            if (++times > 1)
            {
                throw new RefusedException("a repetition repeats a repetition");
            }

            // Greed does not change whether there is a match.
            Accept("?");
            var atom = _to.ToString(start, _to.Length - start);
            _to.Length = start;
            _to.Append("(?:").Append(atom).Append(')').Append(repetition);
        }
    }

    // A brace that counts nothing is itself.
    private string? Counted()
    {
        var end = _pattern.IndexOf('}', _at);
        if (end < 0)
        {
            return null;
        }

        var parts = _pattern[(_at + 1)..end].Split(',');
        if (parts.Length > 2 || parts[0].Length == 0 || !parts.All(p => p.All(char.IsAsciiDigit)))
        {
            return null;
        }

        foreach (var part in parts)
        {
            if (part.Length > 0 && (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MaxRepetition))
            {
                throw new RefusedException($"a repetition counts to more than {MaxRepetition}");
            }
        }

        if (parts is [var low, { Length: > 0 } high] && int.Parse(low, CultureInfo.InvariantCulture) > int.Parse(high, CultureInfo.InvariantCulture))
        {
            throw new RefusedException("a repetition's least is more than its most");
        }

        var text = _pattern[_at..(end + 1)];
        _at = end + 1;
        return text;
    }

    private bool Escape()
    {
        if (Accept(@"\Q"))
        {
            var end = _pattern.IndexOf(@"\E", _at, StringComparison.Ordinal);
            var stop = end < 0 ? _pattern.Length : end;
            while (_at < stop)
            {
                Literal(NextRune());
            }

            _at = end < 0 ? stop : stop + 2;
            return false;
        }

        switch (Peek(1))
        {
            case 'A' or 'z' or 'b' or 'B':
                _to.Append('\\').Append(Peek(1));
                _at += 2;
                return true;
        }

        if (Shorthand() is { } set)
        {
            AppendClass(set.Members, set.Negated);
            return true;
        }

        Literal(EscapedRune());
        return true;
    }

    /// <summary><c>\d</c>, <c>\W</c>, <c>\pL</c> …: what may stand in a class as well.</summary>
    private (string Members, bool Negated)? Shorthand()
    {
        var letter = Peek(1);
        switch (letter)
        {
            case 'd' or 'D':
                _at += 2;
                return ("0-9", letter == 'D');
            case 'w' or 'W':
                _at += 2;
                return ("0-9A-Za-z_", letter == 'W');
            case 's' or 'S':
                _at += 2;
                return (@"\t\n\f\r ", letter == 'S');
            case 'p' or 'P':
                return (Property(out var negated), negated != (letter == 'P'));
            default:
                return null;
        }
    }

    // General categories only: the engine knows no scripts.
    private string Property(out bool negated)
    {
        _at += 2;
        negated = false;
        string name;
        if (Accept("{"))
        {
            negated = Accept("^");
            var end = _pattern.IndexOf('}', _at);
            name = end < 0 ? "" : _pattern[_at..end];
            _at = end + 1;
        }
        else
        {
            name = Peek().ToString();
            _at++;
        }

        const string Categories = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co ";
        if (name.Length is 0 or > 2 || !Categories.Contains($" {name} ", StringComparison.Ordinal))
        {
            throw new RefusedException("`\\p` takes a general category such as `\\pL` or `\\p{Lu}`; scripts are not supported");
        }

        return $"\\p{{{name}}}";
    }

    private Rune EscapedRune()
    {
        _at++;
        var letter = Peek();
        _at++;
        switch (letter)
        {
            case 'a':
                return new Rune('\a');
            case 'f':
                return new Rune('\f');
            case 'n':
                return new Rune('\n');
            case 'r':
                return new Rune('\r');
            case 't':
                return new Rune('\t');
            case 'v':
                return new Rune('\v');
            case 'x':
                return Hexadecimal();
            case '0':
                return Octal();
        }

        return letter is > ' ' and < '\x7F' && !char.IsAsciiLetterOrDigit(letter)
            ? new Rune(letter)
            : throw new RefusedException($"`\\{Diagnostics.Shown.Text(letter.ToString())}` is no escape of RE2; back references are not supported");
    }

    private Rune Hexadecimal()
    {
        string digits;
        if (Accept("{"))
        {
            var end = _pattern.IndexOf('}', _at);
            digits = end < 0 ? "" : _pattern[_at..end];
            _at = end < 0 ? _pattern.Length : end + 1;
        }
        else
        {
            digits = _at + 2 <= _pattern.Length ? _pattern.Substring(_at, 2) : "";
            _at += 2;
        }

        return digits.Length is > 0 and <= 6 && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && Rune.IsValid(value)
            ? new Rune(value)
            : throw new RefusedException("`\\x` has not the digits of a character behind it");
    }

    private Rune Octal()
    {
        var value = 0;
        for (var i = 0; i < 2 && Peek() is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + (Peek() - '0');
            _at++;
        }

        return new Rune(value);
    }

    private void Class()
    {
        var negated = Accept("^");
        var members = new StringBuilder();
        for (var first = true; first || Peek() != ']'; first = false)
        {
            if (_at >= _pattern.Length)
            {
                throw new RefusedException("a `[` has no `]`");
            }

            if (Accept("[:"))
            {
                var end = _pattern.IndexOf(":]", _at, StringComparison.Ordinal);
                var name = end < 0 ? "" : _pattern[_at..end];
                if (name.StartsWith('^') || !NamedClasses.TryGetValue(name, out var named))
                {
                    throw new RefusedException("`[:` names no class known here; write for example `[[:alpha:]]`");
                }

                members.Append(named);
                _at = end + 2;
                continue;
            }

            if (Peek() == '\\' && Shorthand() is { } set)
            {
                if (set.Negated && !set.Members.StartsWith('\\'))
                {
                    throw new RefusedException("a negated shorthand such as `\\D` within `[…]` is not supported; write the characters");
                }

                members.Append(set.Negated ? @"\P" + set.Members[2..] : set.Members);
                continue;
            }

            var low = ClassMember();
            if (Peek() == '-' && Peek(1) is not ('\0' or ']'))
            {
                _at++;
                var high = ClassMember();
                if (high < low)
                {
                    throw new RefusedException("a range in `[…]` runs backwards");
                }

                members.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}-\\u{high:X4}");
            }
            else
            {
                members.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}");
            }
        }

        _at++;
        AppendClass(members.ToString(), negated);
    }

    private int ClassMember()
    {
        var rune = Peek() == '\\' ? EscapedRune() : NextRune();
        return rune.IsBmp ? rune.Value : throw new RefusedException("a character above U+FFFF within `[…]` is not supported; write `(a|b)`");
    }

    // The complement of a class holds every code point above U+FFFF, which is two units here.
    private void AppendClass(string members, bool negated)
    {
        var set = negated ? $@"(?:{Pair}|[^{members}\uD800-\uDFFF])" : $"[{members}]";
        _to.Append(_ignoreCase ? $"(?i:{set})" : set);
    }

    /// <summary>The pattern was refused; carries the reason out of the recursion.</summary>
    private sealed class RefusedException(string message) : Exception(message);
}
