using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Cel;

/// <summary>Splits an expression into words: CEL's lexical grammar, comments and all kinds of string literals included.</summary>
internal sealed class CelLexer
{
    private static readonly ImmutableArray<string> Symbols =
        ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}"];

    private readonly string _text;
    private int _at;

    private CelLexer(string text) => _text = text;

    /// <summary>The words with an end behind them, or null and what is wrong.</summary>
    public static ImmutableArray<CelToken>? Read(string text, out CelProblem? problem)
    {
        var lexer = new CelLexer(text);
        var tokens = ImmutableArray.CreateBuilder<CelToken>();
        while (true)
        {
            lexer.SkipBlank();
            var start = lexer._at;
            if (start == text.Length)
            {
                tokens.Add(new CelToken(CelTokenKind.End, start, ""));
                problem = null;
                return tokens.ToImmutable();
            }

            if (lexer.ReadOne(out var message) is not { } token)
            {
                problem = new CelProblem(CelProblemKind.Syntax, start, message!, "see the section on expressions in docs/policies.md");
                return null;
            }

            tokens.Add(token);
        }
    }

    private char Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private void SkipBlank()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] is ' ' or '\t' or '\n' or '\f' or '\r')
            {
                _at++;
            }
            else if (_text[_at] == '/' && Peek(1) == '/')
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end;
            }
            else
            {
                return;
            }
        }
    }

    private CelToken? ReadOne(out string? message)
    {
        message = null;
        var first = Peek();
        if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(Peek(1))))
        {
            return ReadNumber();
        }

        if (StringStart() is { } prefix)
        {
            return ReadString(prefix, out message);
        }

        if (char.IsAsciiLetter(first) || first == '_')
        {
            return ReadName();
        }

        if (first == '`')
        {
            return ReadQuotedName(out message);
        }

        foreach (var symbol in Symbols)
        {
            if (_text.AsSpan(_at).StartsWith(symbol, StringComparison.Ordinal))
            {
                var token = new CelToken(CelTokenKind.Symbol, _at, symbol);
                _at += symbol.Length;
                return token;
            }
        }

        message = first switch
        {
            '=' => "`=` is no operator; equality is `==`",
            '&' => "`&` is no operator; and is `&&`",
            '|' => "`|` is no operator; or is `||`",
            _ => $"`{Shown.Text(first.ToString())}` cannot stand here",
        };
        return null;
    }

    private CelToken ReadName()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() == '_')
        {
            _at++;
        }

        return new CelToken(CelTokenKind.Identifier, start, _text[start.._at]);
    }

    private CelToken? ReadQuotedName(out string? message)
    {
        var start = _at++;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '_' or '.' or '-' or '/' or ' ')
        {
            _at++;
        }

        if (Peek() != '`' || _at == start + 1)
        {
            message = "a name in backticks has letters, digits, `_`, `.`, `-`, `/` and blanks, and ends with a backtick";
            return null;
        }

        message = null;
        return new CelToken(CelTokenKind.QuotedIdentifier, start, _text[(start + 1).._at++]);
    }

    private CelToken ReadNumber()
    {
        var start = _at;
        if (Peek() == '0' && Peek(1) is 'x' or 'X' && char.IsAsciiHexDigit(Peek(2)))
        {
            _at += 2;
            while (char.IsAsciiHexDigit(Peek()))
            {
                _at++;
            }

            return WithSuffix(start);
        }

        SkipDigits();
        var isDouble = false;
        if (Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            isDouble = true;
            _at++;
            SkipDigits();
        }

        var sign = Peek(1) is '+' or '-' ? 1 : 0;
        if (Peek() is 'e' or 'E' && char.IsAsciiDigit(Peek(1 + sign)))
        {
            isDouble = true;
            _at += 1 + sign;
            SkipDigits();
        }

        return isDouble ? new CelToken(CelTokenKind.Double, start, _text[start.._at]) : WithSuffix(start);
    }

    private CelToken WithSuffix(int start)
    {
        var digits = _text[start.._at];
        if (Peek() is not ('u' or 'U'))
        {
            return new CelToken(CelTokenKind.Int, start, digits);
        }

        _at++;
        return new CelToken(CelTokenKind.Uint, start, digits);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek()))
        {
            _at++;
        }
    }

    // Up to two letters before a quote: bytes, raw.
    private (bool Bytes, bool Raw, int Length)? StringStart()
    {
        var bytes = Peek() is 'b' or 'B';
        var length = bytes ? 1 : 0;
        var raw = Peek(length) is 'r' or 'R';
        length += raw ? 1 : 0;
        return Peek(length) is '\'' or '"' ? (bytes, raw, length) : null;
    }

    private CelToken? ReadString((bool Bytes, bool Raw, int Length) prefix, out string? message)
    {
        var start = _at;
        _at += prefix.Length;
        var quote = Peek();
        var triple = Peek(1) == quote && Peek(2) == quote;
        _at += triple ? 3 : 1;
        var text = new StringBuilder();
        var bytes = ImmutableArray.CreateBuilder<byte>();
        while (true)
        {
            if (_at >= _text.Length || (!triple && Peek() is '\n' or '\r'))
            {
                message = triple ? "the text has no end" : "the text has no end in its line";
                return null;
            }

            if (Peek() == quote && (!triple || (Peek(1) == quote && Peek(2) == quote)))
            {
                _at += triple ? 3 : 1;
                break;
            }

            if (Peek() == '\\' && !prefix.Raw)
            {
                message = ReadEscape(prefix.Bytes, text, bytes);
                if (message is not null)
                {
                    return null;
                }

                continue;
            }

            // In raw text a backslash is itself, and the character behind it cannot end the text's line unseen.
            if (Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                message = "the text holds half a character";
                return null;
            }

            Append(rune, prefix.Bytes, text, bytes);
            _at += consumed;
        }

        message = null;
        return prefix.Bytes
            ? new CelToken(CelTokenKind.Bytes, start, "") { Bytes = bytes.ToImmutable() }
            : new CelToken(CelTokenKind.String, start, text.ToString());
    }

    private static void Append(Rune rune, bool isBytes, StringBuilder text, ImmutableArray<byte>.Builder bytes)
    {
        if (!isBytes)
        {
            text.Append(rune.ToString());
            return;
        }

        Span<byte> buffer = stackalloc byte[4];
        bytes.AddRange(buffer[..rune.EncodeToUtf8(buffer)]);
    }

    private string? ReadEscape(bool isBytes, StringBuilder text, ImmutableArray<byte>.Builder bytes)
    {
        _at++;
        var letter = Peek();
        _at++;
        var simple = letter switch
        {
            'a' => '\a',
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '?' or '"' or '\'' or '`' => letter,
            _ => '\0',
        };
        if (simple != '\0')
        {
            Append(new Rune(simple), isBytes, text, bytes);
            return null;
        }

        int value;
        switch (letter)
        {
            case 'x' or 'X':
                value = Digits(2, 16);
                break;
            case >= '0' and <= '3':
                _at--;
                value = Digits(3, 8);
                break;
            case 'u' when !isBytes:
                value = Digits(4, 16);
                break;
            case 'U' when !isBytes:
                value = Digits(8, 16);
                break;
            default:
                return isBytes && letter is 'u' or 'U' ? "`\\u` has no meaning in bytes; write `\\x`" : $"`\\{Shown.Text(letter.ToString())}` is no escape; a backslash is `\\\\`";
        }

        if (value < 0 || (!isBytes && !Rune.IsValid(value)))
        {
            return $"`\\{letter}` has not the digits of a character behind it";
        }

        if (isBytes)
        {
            bytes.Add((byte)value);
        }
        else
        {
            text.Append(new Rune(value).ToString());
        }

        return null;
    }

    private int Digits(int count, int numberBase)
    {
        if (_at + count > _text.Length)
        {
            return -1;
        }

        var digits = _text.AsSpan(_at, count);
        _at += count;
        if (numberBase == 16)
        {
            return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : -1;
        }

        var result = 0;
        foreach (var digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return -1;
            }

            result = (result * 8) + (digit - '0');
        }

        return result;
    }
}
