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

    private readonly Re2Cursor _from;
    private readonly StringBuilder _to = new();
    private int _depth;
    private bool _ignoreCase;
    private bool _multiline;
    private bool _dotAll;

    private Re2Translator(string pattern) => _from = new Re2Cursor(pattern);

    /// <summary>The pattern for the framework, or null and what is wrong.</summary>
    public static string? Translate(string pattern, out string? problem)
    {
        try
        {
            var translator = new Re2Translator(pattern);
            translator.Alternatives();
            if (!translator._from.IsAtEnd)
            {
                throw new Re2RefusedException("a `)` has no `(`");
            }

            problem = null;
            return translator._to.ToString();
        }
        catch (Re2RefusedException e)
        {
            problem = e.Message;
            return null;
        }
    }

    private void Alternatives()
    {
        if (++_depth > MaxDepth)
        {
            throw new Re2RefusedException($"it is nested deeper than {MaxDepth}");
        }

        while (!_from.IsAtEnd && _from.Peek() != ')')
        {
            if (_from.Accept("|"))
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
        var c = _from.Peek();
        switch (c)
        {
            case '(':
                _from.At++;
                return Group();
            case '[':
                _from.At++;
                Append(Re2Class.Read(_from));
                return true;
            case '.':
                _from.At++;
                _to.Append("(?:").Append(Pair).Append(_dotAll ? @"|[^\uD800-\uDFFF])" : @"|[^\n\uD800-\uDFFF])");
                return true;
            case '^':
                _from.At++;
                _to.Append(_multiline ? "(?m:^)" : @"\A");
                return true;
            case '$':
                _from.At++;
                _to.Append(_multiline ? "(?m:$)" : @"\z");
                return true;
            case '*' or '+' or '?':
                throw new Re2RefusedException($"`{c}` repeats nothing");
            case '\\':
                return Escape();
            default:
                Literal(_from.NextRune());
                return true;
        }
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
        if (_from.Accept("?"))
        {
            if (_from.Accept("P<") || (_from.Peek() == '<' && _from.Peek(1) is not ('=' or '!') && _from.Accept("<")))
            {
                if (_from.Until(">") is not { Length: > 0 } name || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                {
                    throw new Re2RefusedException("a group's name has letters, digits and `_`");
                }
            }
            else if (Flags())
            {
                return false;
            }
        }

        _to.Append("(?:");
        Alternatives();
        if (!_from.Accept(")"))
        {
            throw new Re2RefusedException("a `(` has no `)`");
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
            var flag = _from.Peek();
            _from.At++;
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
                    throw new Re2RefusedException("`(?` is followed by what RE2 does not know; look-around and conditions are not supported");
            }
        }
    }

    private void Repetition(int start)
    {
        var times = 0;
        while (true)
        {
            string repetition;
            if (_from.Peek() is '*' or '+' or '?')
            {
                repetition = _from.Peek().ToString();
                _from.At++;
            }
            else if (_from.Peek() == '{' && Counted() is { } counted)
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
                throw new Re2RefusedException("a repetition repeats a repetition");
            }

            // Greed does not change whether there is a match.
            _from.Accept("?");
            var atom = _to.ToString(start, _to.Length - start);
            _to.Length = start;
            _to.Append("(?:").Append(atom).Append(')').Append(repetition);
        }
    }

    // A brace that counts nothing is itself.
    private string? Counted()
    {
        var start = _from.At;
        var parts = _from.Until("}")?[1..].Split(',');
        if (parts is not [{ Length: > 0 }] and not [{ Length: > 0 }, _] || !parts.All(static part => part.All(char.IsAsciiDigit)))
        {
            _from.At = start;
            return null;
        }

        foreach (var part in parts)
        {
            if (part.Length > 0 && (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MaxRepetition))
            {
                throw new Re2RefusedException($"a repetition counts to more than {MaxRepetition}");
            }
        }

        if (parts is [var low, { Length: > 0 } high] && int.Parse(low, CultureInfo.InvariantCulture) > int.Parse(high, CultureInfo.InvariantCulture))
        {
            throw new Re2RefusedException("a repetition's least is more than its most");
        }

        return $"{{{string.Join(',', parts)}}}";
    }

    private bool Escape()
    {
        if (_from.Accept(@"\Q"))
        {
            while (!_from.IsAtEnd && !_from.Accept(@"\E"))
            {
                Literal(_from.NextRune());
            }

            return false;
        }

        switch (_from.Peek(1))
        {
            case 'A' or 'z' or 'b' or 'B':
                _to.Append('\\').Append(_from.Peek(1));
                _from.At += 2;
                return true;
        }

        if (Re2Class.Shorthand(_from) is { } set)
        {
            Append(set);
            return true;
        }

        Literal(_from.EscapedRune());
        return true;
    }

    // The complement of a class holds every code point above U+FFFF, which is two units here.
    private void Append(Re2Class given)
    {
        var set = given.IsNegated ? $@"(?:{Pair}|[^{given.Members}\uD800-\uDFFF])" : $"[{given.Members}]";
        _to.Append(_ignoreCase ? $"(?i:{set})" : set);
    }
}
