namespace Guard.Shell.Syntax;

/// <summary>Reads a line as <c>bash -c</c> of bash 5.2 would, with default options: no aliases, no history expansion, no extended globs.</summary>
/// <remarks>
/// Whatever bash refuses is refused. So is some of what bash accepts, where only bash's own reading could settle the meaning.
/// The work is linear in the length; depth is bounded, so that no input can exhaust the stack. Never throws for any text.
/// </remarks>
public static class ShellParser
{
    public static ShellParseResult Parse(string text, ShellLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        limits ??= ShellLimits.Default;
        if (text.Length > limits.Length)
            return ShellParseResult.Refused(new ShellRefusal(ShellRefusalCode.TooLong, limits.Length, $"longer than {limits.Length} characters"), 0);

        var budget = new ParseBudget(limits);
        if (FindInvalidCharacter(text) is { } refusal)
            return ShellParseResult.Refused(refusal, text.Length);

        budget.Step(text.Length);
        try
        {
            var cursor = new SourceCursor(text, budget);
            var body = new CommandReader(cursor).ReadProgram();
            return ShellParseResult.Parsed(new ShellScript(new SourceSpan(0, text.Length), text, body), budget.Steps);
        }
        catch (ShellRefusedException refused)
        {
            return ShellParseResult.Refused(refused.Refusal, budget.Steps);
        }
    }

    /// <summary>NUL cannot be passed to bash; U+0001 and U+007F are bash's own escapes inside; lone surrogates have no bytes.</summary>
    private static ShellRefusal? FindInvalidCharacter(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is '\0' or '\u0001' or '\u007f')
                return new ShellRefusal(ShellRefusalCode.InvalidCharacter, i, "a control character that bash itself uses");
            if (!char.IsSurrogate(c))
                continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
                i++;
            else
                return new ShellRefusal(ShellRefusalCode.InvalidCharacter, i, "not valid Unicode");
        }

        return null;
    }
}
