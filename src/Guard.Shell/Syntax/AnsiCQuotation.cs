using System.Text;

namespace Guard.Shell.Syntax;

/// <summary><c>$'...'</c>: decoded the way bash does, as far as the result is text.</summary>
internal static class AnsiCQuotation
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static QuotedPart Read(SourceCursor cursor)
    {
        var start = cursor.Position;
        cursor.Advance(2);
        var text = new StringBuilder();
        var bytes = new List<byte>();
        while (cursor.Current != '\'')
        {
            if (cursor.AtEnd)
                throw cursor.Refuse(ShellRefusalCode.Unterminated, start, "a quotation is not closed");
            if (cursor.Current == '\\')
            {
                ReadEscape(cursor, text, bytes);
                continue;
            }

            FlushBytes(cursor, text, bytes);
            text.Append(cursor.Current);
            cursor.Advance();
        }

        FlushBytes(cursor, text, bytes);
        cursor.Advance();
        return new QuotedPart(cursor.SpanFrom(start), text.ToString(), QuoteKind.AnsiC);
    }

    private static void ReadEscape(SourceCursor cursor, StringBuilder text, List<byte> bytes)
    {
        var escape = cursor.Peek(1);
        cursor.Advance(2);
        switch (escape)
        {
            case '\0':
                throw cursor.Refuse(ShellRefusalCode.Unterminated, "a quotation is not closed");
            case >= '0' and <= '7':
                cursor.Advance(-1);
                AddByte(cursor, ReadNumber(cursor, 8, 3), bytes);
                break;
            case 'x':
                if (!char.IsAsciiHexDigit(cursor.Current))
                    throw cursor.Refuse(ShellRefusalCode.Unsupported, "an incomplete escape");
                AddByte(cursor, ReadNumber(cursor, 16, 2), bytes);
                break;
            case 'u' or 'U':
                FlushBytes(cursor, text, bytes);
                if (!char.IsAsciiHexDigit(cursor.Current))
                    throw cursor.Refuse(ShellRefusalCode.Unsupported, "an incomplete escape");
                var code = ReadNumber(cursor, 16, escape == 'u' ? 4 : 8);
                if (!Rune.IsValid(code) || IsForbidden(code))
                    throw cursor.Refuse(ShellRefusalCode.InvalidCharacter, "an escape for a character that cannot be represented");
                text.Append(new Rune(code).ToString());
                break;
            case 'c':
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "an escape for a control character");
            default:
                FlushBytes(cursor, text, bytes);
                AppendSimple(text, escape);
                break;
        }
    }

    private static void AppendSimple(StringBuilder text, char escape)
    {
        var decoded = escape switch
        {
            'a' => '\a',
            'b' => '\b',
            'e' or 'E' => '\u001b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            '\\' or '\'' or '"' or '?' => escape,
            _ => '\0',
        };
        if (decoded == '\0')
            text.Append('\\').Append(escape);
        else
            text.Append(decoded);
    }

    private static int ReadNumber(SourceCursor cursor, int radix, int digits)
    {
        long value = 0;
        for (var i = 0; i < digits && char.IsAsciiHexDigit(cursor.Current); i++)
        {
            var digit = Convert.ToInt32(cursor.Current.ToString(), 16);
            if (digit >= radix)
                break;
            value = (value * radix) + digit;
            cursor.Advance();
        }

        return value > int.MaxValue ? int.MaxValue : (int)value;
    }

    private static void AddByte(SourceCursor cursor, int value, List<byte> bytes)
    {
        if (value > 255 || IsForbidden(value))
            throw cursor.Refuse(ShellRefusalCode.InvalidCharacter, "an escape for a character that cannot be represented");
        bytes.Add((byte)value);
    }

    private static bool IsForbidden(int code) => code is 0 or 1 or 0x7f;

    /// <summary>Escaped bytes form characters together with their neighbours only if these are escaped as well.</summary>
    private static void FlushBytes(SourceCursor cursor, StringBuilder text, List<byte> bytes)
    {
        if (bytes.Count == 0)
            return;
        try
        {
            text.Append(StrictUtf8.GetString([.. bytes]));
        }
        catch (DecoderFallbackException)
        {
            throw cursor.Refuse(ShellRefusalCode.InvalidCharacter, "escaped bytes that are not text");
        }

        bytes.Clear();
    }
}
