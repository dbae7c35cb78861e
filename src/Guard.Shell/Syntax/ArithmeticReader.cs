namespace Guard.Shell.Syntax;

/// <summary>The text of arithmetic: its expansions are read, its operators are not, because bash reads them after expansion.</summary>
internal sealed class ArithmeticReader(SourceCursor cursor, WordReader words, HereDocumentReader documents)
{
    /// <summary><c>$(( ... ))</c></summary>
    public ArithmeticPart ReadExpansion()
    {
        var start = cursor.Position;
        cursor.Budget.Enter(cursor.Origin(start));
        cursor.Advance(3);
        var expression = ReadText("");
        ReadClosing();
        cursor.Budget.Leave();
        return new ArithmeticPart(cursor.SpanFrom(start), expression);
    }

    /// <summary>Both closing parentheses, side by side. Apart, bash would read a subshell instead.</summary>
    public void ReadClosing()
    {
        if (cursor.Current != ')' || cursor.Peek(1) != ')')
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "double parentheses that may be arithmetic or a subshell: put a blank between them");
        cursor.Advance(2);
    }

    // To find the semicolons of a loop's head, bash counts parentheses in substitutions by themselves, also those that open or close nothing.
    private void RefuseWhatBashCounts(ReadOnlySpan<char> expansion)
    {
        if (expansion.Contains("case", StringComparison.Ordinal))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "a case command in the head of a for loop");
        if (expansion.StartsWith("$(") && HasOddParenthesisInBraces(expansion))
            throw cursor.Refuse(ShellRefusalCode.Unsupported, "an unmatched parenthesis within braces of a substitution in the head of a for loop");
    }

    // Within ${...}: parentheses that do not match, or stand beside quotes, where one may count and the other not.
    private static bool HasOddParenthesisInBraces(ReadOnlySpan<char> text)
    {
        var (braces, open, any, quoted) = (0, 0, false, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '{' && i > 0 && text[i - 1] == '$')
            {
                if (braces++ == 0)
                    (open, any, quoted) = (0, false, false);
            }
            else if (braces > 0)
            {
                braces -= text[i] == '}' ? 1 : 0;
                open += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
                any |= text[i] is '(' or ')';
                quoted |= text[i] is '\'' or '"' or '\\' or '`';
                if (open < 0 || (braces == 0 && any && (open != 0 || quoted)))
                    return true;
            }
        }

        return braces > 0 && any;
    }

    /// <summary>Text up to an unmatched closing parenthesis, or one of <paramref name="stops"/> outside parentheses.</summary>
    public Word ReadText(string stops)
    {
        var start = cursor.Position;
        var parts = new PartCollector(cursor);
        var depth = 0;
        while (true)
        {
            var c = cursor.Current;
            if (cursor.AtEnd)
                throw cursor.Refuse(ShellRefusalCode.Unterminated, start, "arithmetic is not closed");
            if (depth == 0 && (c == ')' || stops.Contains(c, StringComparison.Ordinal)))
                break;
            if (c is '\'' or '"' or '\\' or '{' or '}' or ';' || (c == '?' && stops.Contains(':', StringComparison.Ordinal)))
            {
                if (!cursor.AtContinuation)
                    throw cursor.Refuse(ShellRefusalCode.Unsupported, "a quote, brace, backslash or semicolon in arithmetic");
                cursor.Advance(2);
                continue;
            }

            if (c == '\n' && documents.HasPending)
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "a line end in arithmetic while a here-document waits for its text");
            if (c is '<' or '>' && cursor.Peek(1) == '(')
                throw cursor.Refuse(ShellRefusalCode.Unsupported, "what looks like a process substitution in arithmetic");
            if (c == '$')
            {
                var dollar = cursor.Position;
                words.ReadDollar(parts, TextKind.Arithmetic);
                if (stops is ";")
                    RefuseWhatBashCounts(cursor.Slice(dollar));
                continue;
            }

            if (c == '`')
            {
                parts.Add(words.ReadBackquoted(TextKind.Arithmetic));
                continue;
            }

            if (c == '(')
                depth++;
            else if (c == ')')
                depth--;
            var at = cursor.Position;
            cursor.Advance();
            parts.TakeLiteral(at);
        }

        return new Word(cursor.SpanFrom(start), parts.Finish());
    }
}
