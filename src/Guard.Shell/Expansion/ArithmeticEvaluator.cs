using System.Globalization;

namespace Guard.Shell.Expansion;

/// <summary>Evaluates arithmetic with bash's 64-bit rules. Inside, null is a number that is not known; what may be anything else makes it give up.</summary>
/// <param name="text">The expression after expansion.</param>
/// <param name="state">Where names are looked up; assignments change <see cref="State"/>.</param>
internal sealed class ArithmeticEvaluator(string text, ShellState state)
{
    /// <summary>Stands in the text for a <see cref="ShellValue.Tame"/> value that was put there by an expansion.</summary>
    public const char TameText = '\uFDD1';

    private const int MaxDepth = 48;

    private int _position;
    private int _depth;
    private int _skipping;
    private int _doubtful;
    private bool _failed;

    public ShellState State { get; private set; } = state;

    /// <summary>Reads and evaluates the text. An empty one is zero.</summary>
    /// <param name="value">Null if it is not known.</param>
    /// <returns>False if bash would fail, or might evaluate a value that is not a number.</returns>
    public bool TryEvaluate(out long? value)
    {
        value = 0;
        SkipBlanks();
        if (_position == text.Length)
            return true;
        value = Comma();
        SkipBlanks();
        return !_failed && _position == text.Length;
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

    private long? Comma()
    {
        var value = Assignment();
        while (Take(","))
            value = Assignment();
        return value;
    }

    private long? Assignment()
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

    private long? Conditional()
    {
        var condition = Or();
        if (!Take("?"))
            return condition;
        bool? taken = condition is null ? null : condition != 0;
        var chosen = Taking(taken, Comma);
        if (!Take(":"))
            return Fail();
        var other = Taking(!taken, Conditional);
        return taken is null ? null : taken.Value ? chosen : other;
    }

    private long? Or()
    {
        var value = And();
        while (Take("||"))
        {
            var right = Taking(value is null ? null : value == 0, And);
            value = value is not (null or 0) || right is not (null or 0) ? 1 : value is null || right is null ? null : 0;
        }

        return value;
    }

    private long? And()
    {
        var value = Chain(0);
        while (Take("&&"))
        {
            var right = Taking(value is null ? null : value != 0, () => Chain(0));
            value = value == 0 || right == 0 ? 0 : value is null || right is null ? null : 1;
        }

        return value;
    }

    /// <summary>The left-associative levels from <c>|</c> to <c>*</c>.</summary>
    private long? Chain(int level)
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

    private long? Power()
    {
        var value = Unary();
        if (!Take("**"))
            return value;
        if (++_depth > MaxDepth)
            return Leave(Fail());
        return Leave(Raise(value, Power()));
    }

    private long? Unary()
    {
        if (++_depth > MaxDepth)
            return Leave(Fail());
        if (Take("++") || Take("--"))
        {
            var delta = text[_position - 1] == '+' ? 1 : -1;
            if (TakeName() is not { } name)
                return Leave(Fail());
            var changed = Write(name, unchecked(Read(name) + delta));

            // Two signs behind a name are read as one operator, and it has one already.
            return Leave(Ahead("++") || Ahead("--") ? Fail() : changed);
        }

        if (Take("!"))
            return Leave(Unary() is { } negated ? negated == 0 ? 1 : 0 : null);
        if (Take("~"))
            return Leave(~Unary());
        if (Take("-"))
            return Leave(unchecked(-Unary()));
        return Leave(Take("+") ? Unary() : Primary());
    }

    private long? Primary()
    {
        if (Take("("))
        {
            var value = Comma();
            return Take(")") ? value : Fail();
        }

        if (TakeName() is { } name)
        {
            if (Ahead("[") || IsTameTextAt(_position))
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

    private long? Number()
    {
        SkipBlanks();
        var start = _position;
        if (IsTameTextAt(start))
        {
            while (IsTameTextAt(_position))
                _position++;
            return _position < text.Length && (Syntax.Characters.IsNameCharacter(text[_position]) || text[_position] is '#' or '[') ? Fail() : null;
        }

        while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] is '#' or '@' or '_'))
            _position++;
        if (IsTameTextAt(_position))
            return Fail();
        return ParseNumber(text.AsSpan(start, _position - start)) ?? Fail();
    }

    /// <summary>Decimal, <c>0x</c> and octal constants. Other bases with <c>#</c> than ten are left unknown.</summary>
    private static long? ParseNumber(ReadOnlySpan<char> digits)
    {
        if (digits.StartsWith("10#", StringComparison.Ordinal))
            return digits.Length <= 18 && long.TryParse(digits[3..], NumberStyles.None, CultureInfo.InvariantCulture, out var plain) ? plain : null;
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

    private long? Read(string name)
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
            case { IsTame: true }:
                return null;
            default:
                return Fail();
        }
    }

    private long? Write(string name, long? value)
    {
        if (_skipping > 0 || _failed)
            return value;
        var written = value is { } known ? ShellValue.Of(known.ToString(CultureInfo.InvariantCulture)) : ShellValue.Number;
        State = State.With(name, _doubtful > 0 ? ShellValue.Either(State[name], written) : written);
        return value;
    }

    private long? Binary(string op, long? left, long? right)
    {
        if (left is null || right is null)
            return null;
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
                "<<" => right is >= 0 and < 64 ? left << (int)right.Value : Fail(),
                ">>" => right is >= 0 and < 64 ? left >> (int)right.Value : Fail(),
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

    private long? Raise(long? start, long? end)
    {
        if (start is not { } value || end is not { } exponent)
            return null;
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

    private long? Taking(bool? taken, Func<long?> read)
    {
        if (taken == true)
            return read();
        ref var reason = ref _skipping;
        if (taken is null)
            reason = ref _doubtful;
        reason++;
        var value = read();
        reason--;
        return value;
    }

    /// <summary>Marks the whole as unknown; what is not evaluated anyway cannot spoil it, except by its syntax.</summary>
    private long? Fail()
    {
        _failed = true;
        return null;
    }

    private long? Leave(long? value)
    {
        _depth--;
        return value;
    }

    private bool IsTameTextAt(int position) => position < text.Length && text[position] == TameText;

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

            // Before a name bash takes two signs for one operator, which nothing may stand before.
            if (op is "+" or "-" && next == op[0])
            {
                var behind = _position + 2;
                while (behind < text.Length && text[behind] is ' ' or '\t' or '\n')
                    behind++;
                if (behind < text.Length && Syntax.Characters.IsNameStart(text[behind]))
                    Fail();
            }

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
