using System.Buffers;
using System.Globalization;
using System.Text;

namespace Guard.Policy;

/// <summary>What stands in quotes, as the floor's rough reading takes it. Each returns where the quotes end, or the line.</summary>
internal static class RoughQuotes
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary><c>'…'</c>, from its first quote on.</summary>
    public static int Quoted(string line, int open, StringBuilder word)
    {
        var close = line.IndexOf('\'', open + 1);
        word.Append(close < 0 ? line[(open + 1)..] : line[(open + 1)..close]);
        return close < 0 ? line.Length : close;
    }

    /// <summary>The end of a substitution: <c>)</c> for <c>$(</c>, or a backquote.</summary>
    public static int Closing(string line, int start, char opening)
    {
        var depth = 1;
        for (var i = start; i < line.Length; i++)
        {
            if (opening == '`')
            {
                if (line[i] == '`')
                {
                    return i;
                }
            }
            else if (line[i] == '(')
            {
                depth++;
            }
            else if (line[i] == ')' && --depth == 0)
            {
                return i;
            }
        }

        return line.Length;
    }

    /// <summary><c>$'…'</c>, from its quote on.</summary>
    public static int AnsiQuoted(string line, int open, StringBuilder word)
    {
        for (var i = open + 1; i < line.Length; i++)
        {
            if (line[i] == '\'')
            {
                return i;
            }

            if (line[i] != '\\' || i + 1 >= line.Length)
            {
                word.Append(line[i]);
                continue;
            }

            i++;
            if (line[i] is 'x' or 'u' or 'U')
            {
                var digits = line.AsSpan(i + 1, Math.Min(line.Length - i - 1, line[i] == 'x' ? 2 : line[i] == 'u' ? 4 : 8));
                var length = digits.IndexOfAnyExcept(HexDigits);
                length = length < 0 ? digits.Length : length;
                if (length > 0 && int.TryParse(digits[..length], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && Rune.IsValid(code))
                {
                    word.Append(new Rune(code).ToString());
                }

                i += length;
            }
            else if (line[i] is >= '0' and <= '7')
            {
                var code = 0;
                var last = Math.Min(line.Length, i + 3);
                for (; i < last && line[i] is >= '0' and <= '7'; i++)
                {
                    code = (code * 8) + (line[i] - '0');
                }

                i--;
                word.Append((char)(code & 255));
            }
            else
            {
                word.Append(line[i] switch { 'n' => '\n', 't' => '\t', _ => line[i] });
            }
        }

        return line.Length;
    }
}
