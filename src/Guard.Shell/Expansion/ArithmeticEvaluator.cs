using System.Globalization;

namespace Guard.Shell.Expansion;

/// <summary>Evaluates arithmetic over known values with bash's 64-bit rules. Gives up (null) on everything that is not certain.</summary>
/// <param name="text">The expression after expansion.</param>
/// <param name="state">Where names are looked up; assignments change <see cref="State"/>.</param>
internal sealed class ArithmeticEvaluator(string text, ShellState state)
{
    private const int MaxDepth = 48;

    private int _position;
    private int _depth;
    private int _skipping;
    private bool _failed;

    public ShellState State { get; private set; } = state;

    /// <summary>The value; null if it is not known, or bash would fail. An empty expression is zero.</summary>
    public long? Evaluate()
    {
        SkipBlanks();
        if (_position == text.Length)
            return 0;
        var value = Comma();
        SkipBlanks();
        return _failed || _position < text.Length ? null : value;
    }

    /// <summary>The variables named anywhere in an expression, for giving them up when it cannot be evaluated.</summary>
    public static IEnumerable<string> Names(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!Syntax.Characters.IsNameStart(text[i]))
                continue;
            var start = i;
            while (i < text.Length && Syntax.Characters.IsNameCharacter(text[i]))
                i++;
            yield return text[start..i];
        }
    }

    private long Comma()
    {
        var value = Assignment();
        while (Take(","))
            value = Assignment();
        return value;
    }

    private long Assignment()
    {
        if (++_depth > MaxDepth)
            return Leave(Fail());
        var start = _position;
        if (TakeName() is { } name)
        {
            foreach (var op in new[] { "=", "*=", "/=", "%=", "+=", "-=", "<<=", ">>=", "&=", "^=", "|=" })
            {
                if ((op == "=" && Ahead("==")) || !Take(op))
                    continue;
                var before = op == "=" ? 0 : Read(name);
                var right = Assignment();
                var result = op == "=" ? right : Binary(op[..^1], before, right);
                return Leave(Write(name, result));
            }

            _position = start;
        }

        return Leave(Conditional());
    }

    private long Conditional()
    {
        var condition = Or();
        if (!Take("?"))
            return condition;
        var chosen = Skipping(condition == 0, Comma);
        if (!Take(":"))
            return Fail();
        var other = Skipping(condition != 0, Conditional);
        return condition != 0 ? chosen : other;
    }

    private long Or()
    {
        var value = And();
        while (Take("||"))
        {
            var right = Skipping(value != 0, And);
            value = value != 0 || right != 0 ? 1 : 0;
        }

        return value;
    }

    private long And()
    {
        var value = Chain(0);
        while (Take("&&"))
        {
            var right = Skipping(value == 0, () => Chain(0));
            value = value != 0 && right != 0 ? 1 : 0;
        }

        return value;
    }

    /// <summary>The left-associative levels from <c>|</c> to <c>*</c>.</summary>
    private long Chain(int level)
    {
        if (level == Levels.Length)
            return Power();
        var value = Chain(level + 1);
        while (TakeOperator(Levels[level]) is { } op)
            value = Binary(op, value, Chain(level + 1));
        return value;
    }

    private static readonly string[][] Levels =
        [["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]];

    private long Power()
    {
        var value = Unary();
        if (!Take("**"))
            return value;
        if (++_depth > MaxDepth)
            return Leave(Fail());
        return Leave(Raise(value, Power()));
    }

    private long Unary()
    {
        if (++_depth > MaxDepth)
            return Leave(Fail());
        if (Take("++") || Take("--"))
        {
            var delta = text[_position - 1] == '+' ? 1 : -1;
            return Leave(TakeName() is { } name ? Write(name, unchecked(Read(name) + delta)) : Fail());
        }

        if (Take("!"))
            return Leave(Unary() == 0 ? 1 : 0);
        if (Take("~"))
            return Leave(~Unary());
        if (Take("-"))
            return Leave(unchecked(-Unary()));
        return Leave(Take("+") ? Unary() : Primary());
    }

    private long Primary()
    {
        if (Take("("))
        {
            var value = Comma();
            return Take(")") ? value : Fail();
        }

        if (TakeName() is { } name)
        {
            if (Ahead("["))
                return Fail();
            var before = Read(name);
            if (Take("++"))
                Write(name, unchecked(before + 1));
            else if (Take("--"))
                Write(name, unchecked(before - 1));
            return before;
        }

        return Number();
    }

    private long Number()
    {
        var start = _position;
        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] is '#' or '@' or '_'))
            _position++;
        return ParseNumber(text.AsSpan(start, _position - start)) ?? Fail();
    }

    /// <summary>Decimal, <c>0x</c> and octal constants. Bases with <c>#</c> are left unknown.</summary>
    private static long? ParseNumber(ReadOnlySpan<char> digits)
    {
        if (digits.IsEmpty || digits.Length > 18)
            return null;
        if (digits.Length > 2 && digits[0] == '0' && digits[1] is 'x' or 'X')
            return long.TryParse(digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null;
        if (digits[0] != '0')
            return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        long octal = 0;
        foreach (var c in digits)
        {
            if (c is < '0' or > '7')
                return null;
            octal = (octal * 8) + (c - '0');
        }

        return octal;
    }

    private long Read(string name)
    {
        if (_skipping > 0)
            return 0;
        switch (State[name])
        {
            case ShellValue.Scalar { Text: var value }:
                var trimmed = value.Trim(' ', '\t', '\n');
                if (trimmed.Length == 0)
                    return 0;
                var negative = trimmed[0] == '-';
                return ParseNumber(negative ? trimmed.AsSpan(1) : trimmed) is { } number ? (negative ? -number : number) : Fail();
            case var unset when ReferenceEquals(unset, ShellValue.Unset):
                return 0;
            default:
                return Fail();
        }
    }

    private long Write(string name, long value)
    {
        if (_skipping == 0 && !_failed)
            State = State.With(name, ShellValue.Of(value.ToString(CultureInfo.InvariantCulture)));
        return value;
    }

    private long Binary(string op, long left, long right)
    {
        unchecked
        {
            return op switch
            {
                "|" => left | right,
                "^" => left ^ right,
                "&" => left & right,
                "==" => left == right ? 1 : 0,
                "!=" => left != right ? 1 : 0,
                "<=" => left <= right ? 1 : 0,
                ">=" => left >= right ? 1 : 0,
                "<" => left < right ? 1 : 0,
                ">" => left > right ? 1 : 0,
                "<<" => right is >= 0 and < 64 ? left << (int)right : Fail(),
                ">>" => right is >= 0 and < 64 ? left >> (int)right : Fail(),
                "+" => left + right,
                "-" => left - right,
                "*" => left * right,
                _ when right == 0 => Fail(),
                _ when left == long.MinValue && right == -1 => Fail(),
                "/" => left / right,
                _ => left % right,
            };
        }
    }

    private long Raise(long value, long exponent)
    {
        if (exponent < 0)
            return Fail();
        long result = 1;
        unchecked
        {
            for (; exponent > 0; exponent >>= 1, value *= value)
            {
                if ((exponent & 1) != 0)
                    result *= value;
            }
        }

        return result;
    }

    private long Skipping(bool skip, Func<long> read)
    {
        if (!skip)
            return read();
        _skipping++;
        var value = read();
        _skipping--;
        return value;
    }

    /// <summary>Marks the whole as unknown; what is not evaluated anyway cannot spoil it, except by its syntax.</summary>
    private long Fail()
    {
        _failed = true;
        return 0;
    }

    private long Leave(long value)
    {
        _depth--;
        return value;
    }

    private void SkipBlanks()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t' or '\n')
            _position++;
    }

    private bool Ahead(string token)
    {
        SkipBlanks();
        return text.AsSpan(_position).StartsWith(token, StringComparison.Ordinal);
    }

    private bool Take(string token)
    {
        if (!Ahead(token))
            return false;
        _position += token.Length;
        return true;
    }

    /// <summary>An operator of one level, unless it is the start of a longer one.</summary>
    private string? TakeOperator(string[] operators)
    {
        foreach (var op in operators)
        {
            if (!Ahead(op))
                continue;
            var next = _position + op.Length < text.Length ? text[_position + op.Length] : '\0';
            var longer = next == '=' && op is not ("==" or "!=" or "<=" or ">=");
            if (longer || (op is "|" or "&" or "<" or ">" or "*" && next == op[0]))
                continue;
            _position += op.Length;
            return op;
        }

        return null;
    }

    private string? TakeName()
    {
        SkipBlanks();
        if (_position >= text.Length || !Syntax.Characters.IsNameStart(text[_position]))
            return null;
        var start = _position;
        while (_position < text.Length && Syntax.Characters.IsNameCharacter(text[_position]))
            _position++;
        return text[start.._position];
    }
}
