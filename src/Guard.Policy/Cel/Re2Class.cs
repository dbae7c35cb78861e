using System.Globalization;
using System.Text;

namespace Guard.Policy.Cel;

/// <summary>A set of characters in RE2's syntax: <c>[a-z]</c>, <c>[[:alpha:]]</c>, <c>\d</c>, <c>\pL</c>.</summary>
/// <param name="Members">As they stand within the brackets of the framework's regex.</param>
/// <param name="IsNegated">Everything else is meant.</param>
internal readonly record struct Re2Class(string Members, bool IsNegated)
{
    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
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

    /// <summary>Reads a class from behind its <c>[</c> on.</summary>
    /// <exception cref="Re2RefusedException">It is none, or one that the engine cannot say.</exception>
    public static Re2Class Read(Re2Cursor from)
    {
        var negated = from.Accept("^");
        var members = new StringBuilder();
        for (var first = true; first || from.Peek() != ']'; first = false)
        {
            if (from.IsAtEnd)
            {
                throw new Re2RefusedException("a `[` has no `]`");
            }

            if (from.Accept("[:"))
            {
                if (from.Until(":]") is not { } name || !Named.TryGetValue(name, out var named))
                {
                    throw new Re2RefusedException("`[:` names no class known here; write for example `[[:alpha:]]`");
                }

                members.Append(named);
                continue;
            }

            if (from.Peek() == '\\' && Shorthand(from) is { } set)
            {
                if (set.IsNegated && !set.Members.StartsWith(@"\p", StringComparison.Ordinal))
                {
                    throw new Re2RefusedException("a negated shorthand such as `\\D` or `\\S` within `[…]` is not supported; write the characters");
                }

                members.Append(set.IsNegated ? @"\P" + set.Members[2..] : set.Members);
                continue;
            }

            var low = Member(from);
            if (from.Peek() == '-' && from.Peek(1) is not ('\0' or ']'))
            {
                from.At++;
                var high = Member(from);
                if (high < low)
                {
                    throw new Re2RefusedException("a range in `[…]` runs backwards");
                }

                members.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}-\\u{high:X4}");
            }
            else
            {
                members.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}");
            }
        }

        from.At++;
        return new Re2Class(members.ToString(), negated);
    }

    private static int Member(Re2Cursor from)
    {
        var rune = from.Peek() == '\\' ? from.EscapedRune() : from.NextRune();
        return rune.IsBmp ? rune.Value : throw new Re2RefusedException("a character above U+FFFF within `[…]` is not supported; write `(a|b)`");
    }

    /// <summary><c>\d</c>, <c>\W</c>, <c>\pL</c> …: what may stand in a class as well.</summary>
    /// <returns>Null: it is none, and nothing is passed.</returns>
    public static Re2Class? Shorthand(Re2Cursor from)
    {
        var letter = from.Peek(1);
        switch (letter)
        {
            case 'd' or 'D':
                from.At += 2;
                return new Re2Class("0-9", letter == 'D');
            case 'w' or 'W':
                from.At += 2;
                return new Re2Class("0-9A-Za-z_", letter == 'W');
            case 's' or 'S':
                from.At += 2;
                return new Re2Class(@"\t\n\f\r ", letter == 'S');
            case 'p' or 'P':
                return new Re2Class(Property(from, out var negated), negated != (letter == 'P'));
            default:
                return null;
        }
    }

    // General categories only: the engine knows no scripts.
    private static string Property(Re2Cursor from, out bool negated)
    {
        from.At += 2;
        negated = false;
        string name;
        if (from.Accept("{"))
        {
            negated = from.Accept("^");
            name = from.Until("}") ?? "";
        }
        else
        {
            name = from.Peek().ToString();
            from.At++;
        }

        const string Categories = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Co ";
        if (name.Length is 0 or > 2 || !Categories.Contains($" {name} ", StringComparison.Ordinal))
        {
            throw new Re2RefusedException("`\\p` takes a general category such as `\\pL` or `\\p{Lu}`; scripts are not supported");
        }

        return $"\\p{{{name}}}";
    }
}
