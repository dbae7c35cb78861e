using System.Collections.Immutable;

namespace Guard.Shell.Syntax;

/// <summary>Redirects, with what stands before the operator.</summary>
internal sealed class RedirectReader(SourceCursor cursor, WordReader words, HereDocumentReader documents)
{
    /// <summary>Descriptors beyond this many digits are refused; bash's own limit depends on the system.</summary>
    private const int MaxDigits = 4;

    /// <summary>Characters of a subscript that are looked at.</summary>
    private const int MaxSubscript = 256;

    /// <summary>A redirect starts here: perhaps with a number or <c>{name}</c> right before its operator.</summary>
    public bool AtStart
    {
        get
        {
            if (cursor.Current == '&')
                return cursor.Peek(1) == '>';
            var length = PrefixLength();
            return cursor.Peek(length) is '<' or '>' && cursor.Peek(length + 1) != '(';
        }
    }

    public ImmutableArray<Redirect> ReadAll(Action skipBlanks)
    {
        skipBlanks();
        if (!AtStart)
            return [];
        var redirects = default(Gathered<Redirect>);
        while (AtStart)
        {
            redirects.Add(Read(skipBlanks));
            skipBlanks();
        }

        return redirects.Finish();
    }

    public Redirect Read(Action skipBlanks)
    {
        var start = cursor.Position;
        int? descriptor = null;
        string? variable = null;
        var prefix = PrefixLength();
        if (prefix > 0)
        {
            var text = cursor.Slice(start, start + prefix);
            if (text[0] == '{')
                variable = text[1..^1];
            else if (prefix > MaxDigits)
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "a descriptor beyond any system's limit");
            else
                descriptor = int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            cursor.Advance(prefix);
        }

        var (op, stripTabs) = ReadOperator();
        if (cursor.AtContinuation)
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a redirect is split over two lines");
        skipBlanks();
        var duplicates = op is RedirectOperator.DuplicateInput or RedirectOperator.DuplicateOutput;
        if (AtStart && (!duplicates || PrefixLength() == 0 || cursor.Current == '{'))
            throw cursor.Unexpected("a file name");
        var target = words.Read();
        if (duplicates && target.Parts[0] is LiteralPart literal && !IsPlainDescriptor(target, literal.Text))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a descriptor with something behind it");
        var document = op == RedirectOperator.HereDocument ? documents.Announce(target, stripTabs) : null;
        return new Redirect(cursor.SpanFrom(start), descriptor, variable, op, target, document);
    }

    /// <summary>bash ends the word behind <c>&gt;&amp;-</c>, and reads digits as a descriptor; anything stuck to them is refused.</summary>
    private static bool IsPlainDescriptor(Word target, string text)
    {
        if (text[0] != '-' && !char.IsAsciiDigit(text[0]))
            return true;
        return target.Parts.Length == 1 && (text is "-" || text.TrimEnd('-') is { Length: > 0 and <= MaxDigits } digits
            && digits.All(char.IsAsciiDigit) && text.Length - digits.Length <= 1);
    }

    private int PrefixLength()
    {
        var length = 0;
        if (cursor.Current == '{' && Characters.IsNameStart(cursor.Peek(1)))
        {
            length = 2;
            while (Characters.IsNameCharacter(cursor.Peek(length)))
                length++;
            cursor.Budget.Step(length);
            if (cursor.Peek(length) == '[')
                RefuseElement(length);
            return cursor.Peek(length) == '}' && cursor.Peek(length + 1) is '<' or '>' ? length + 1 : 0;
        }

        while (char.IsAsciiDigit(cursor.Peek(length)))
            length++;
        cursor.Budget.Step(length);
        return length;
    }

    /// <summary><c>{name[subscript]}&lt;</c>: the subscript is calculated.</summary>
    private void RefuseElement(int length)
    {
        // Quotes may hide where it ends.
        var end = length + MaxSubscript;
        while (length < end && cursor.Peek(length) is not ('\0' or '\n') && !(cursor.Peek(length) == '}' && cursor.Peek(length + 1) is '<' or '>'))
            length++;
        cursor.Budget.Step(length);
        if (length == end || cursor.Peek(length) == '}')
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a descriptor that is stored in an element of an array");
    }

    private (RedirectOperator Operator, bool StripTabs) ReadOperator()
    {
        var (op, length) = (cursor.Current, cursor.Peek(1), cursor.Peek(2)) switch
        {
            ('&', '>', '>') => (RedirectOperator.AppendBoth, 3),
            ('&', '>', _) => (RedirectOperator.WriteBoth, 2),
            ('<', '<', '<') => (RedirectOperator.HereString, 3),
            ('<', '<', '-') => (RedirectOperator.HereDocument, 3),
            ('<', '<', _) => (RedirectOperator.HereDocument, 2),
            ('<', '&', _) => (RedirectOperator.DuplicateInput, 2),
            ('<', '>', _) => (RedirectOperator.ReadWrite, 2),
            ('<', _, _) => (RedirectOperator.Read, 1),
            ('>', '>', _) => (RedirectOperator.Append, 2),
            ('>', '&', _) => (RedirectOperator.DuplicateOutput, 2),
            ('>', '|', _) => (RedirectOperator.WriteOver, 2),
            _ => (RedirectOperator.Write, 1),
        };
        var stripTabs = op == RedirectOperator.HereDocument && length == 3;
        cursor.Advance(length);
        return (op, stripTabs);
    }
}
