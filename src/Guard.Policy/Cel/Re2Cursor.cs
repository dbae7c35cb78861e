using System.Globalization;
using System.Text;

namespace Guard.Policy.Cel;

/// <summary>Where a reader stands in a regex of RE2's syntax, and the characters that escapes write there.</summary>
internal sealed class Re2Cursor(string pattern)
{
    /// <summary>In UTF-16 units.</summary>
    public int At { get; set; }

    public bool IsAtEnd => At >= pattern.Length;

    /// <summary>A NUL beyond the end.</summary>
    public char Peek(int ahead = 0) => At + ahead < pattern.Length ? pattern[At + ahead] : '\0';

    /// <summary>Passes the text if it stands here.</summary>
    public bool Accept(string text)
    {
        if (string.CompareOrdinal(pattern, At, text, 0, text.Length) != 0)
        {
            return false;
        }

        At += text.Length;
        return true;
    }

    /// <summary>Passes what stands before an end, and the end; null: there is none, and nothing is passed.</summary>
    public string? Until(string end)
    {
        var found = pattern.IndexOf(end, At, StringComparison.Ordinal);
        if (found < 0)
        {
            return null;
        }

        var text = pattern[At..found];
        At = found + end.Length;
        return text;
    }

    /// <exception cref="Re2RefusedException">It ends here, or holds half a character.</exception>
    public Rune NextRune()
    {
        if (Rune.DecodeFromUtf16(pattern.AsSpan(At), out var rune, out var consumed) != System.Buffers.OperationStatus.Done)
        {
            throw new Re2RefusedException("it ends early or holds half a character");
        }

        At += consumed;
        return rune;
    }

    /// <summary>What a backslash and what follows it write: <c>\n</c>, <c>\x41</c>, <c>\012</c>, <c>\.</c></summary>
    /// <exception cref="Re2RefusedException">RE2 knows no such escape.</exception>
    public Rune EscapedRune()
    {
        At++;
        var letter = Peek();
        At++;
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
            : throw new Re2RefusedException($"`\\{Diagnostics.Shown.Text(letter.ToString())}` is no escape of RE2; back references are not supported");
    }

    private Rune Hexadecimal()
    {
        string digits;
        if (Accept("{"))
        {
            digits = Until("}") ?? "";
        }
        else
        {
            digits = At + 2 <= pattern.Length ? pattern.Substring(At, 2) : "";
            At += 2;
        }

        return digits.Length is > 0 and <= 6 && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && Rune.IsValid(value)
            ? new Rune(value)
            : throw new Re2RefusedException("`\\x` has not the digits of a character behind it");
    }

    private Rune Octal()
    {
        var value = 0;
        for (var i = 0; i < 2 && Peek() is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + (Peek() - '0');
            At++;
        }

        return new Rune(value);
    }
}

/// <summary>The pattern is refused; carries the reason out of the recursion.</summary>
internal sealed class Re2RefusedException(string message) : Exception(message);
