namespace Guard.Shell;

/// <summary>Stable codes that say why a line is opaque. They appear in messages and in the record and are never reused.</summary>
public static class OpaqueCodes
{
    /// <summary>Nothing but blanks.</summary>
    public const string Empty = "shell.empty";

    /// <summary>Longer than <see cref="ShellLimits.MaxLength"/>.</summary>
    public const string TooLong = "shell.too-long";

    /// <summary>More words than <see cref="ShellLimits.MaxWords"/>.</summary>
    public const string TooManyWords = "shell.too-many-words";

    /// <summary><c>; &amp; | ( )</c>: more than one command, or a list.</summary>
    public const string Operator = "shell.operator";

    /// <summary><c>&lt;</c> or <c>&gt;</c>.</summary>
    public const string Redirect = "shell.redirect";

    /// <summary><c>$</c>: variable, arithmetic, command substitution or <c>$'…'</c>.</summary>
    public const string Expansion = "shell.expansion";

    /// <summary>A backquote.</summary>
    public const string Substitution = "shell.substitution";

    /// <summary><c>* ? [</c> outside quotes.</summary>
    public const string Glob = "shell.glob";

    /// <summary><c>{</c> or <c>}</c> outside quotes.</summary>
    public const string Brace = "shell.brace";

    /// <summary>A <c>~</c> that the shell expands to something not known.</summary>
    public const string Tilde = "shell.tilde";

    /// <summary><c>#</c> outside quotes.</summary>
    public const string Comment = "shell.comment";

    /// <summary><c>!</c> outside single quotes: negation or history.</summary>
    public const string Bang = "shell.bang";

    /// <summary>A word that a shell could treat specially: begins with <c>=</c>, <c>^</c> or <c>%</c>.</summary>
    public const string SpecialWord = "shell.special-word";

    /// <summary>The line begins with an assignment.</summary>
    public const string Assignment = "shell.assignment";

    /// <summary>More than one line.</summary>
    public const string Newline = "shell.newline";

    /// <summary>A NUL.</summary>
    public const string Nul = "shell.nul";

    /// <summary>A control character.</summary>
    public const string Control = "shell.control-character";

    /// <summary>A character that locales treat differently, or half of a surrogate pair.</summary>
    public const string OddCharacter = "shell.odd-character";

    /// <summary>A quote or a backslash without its end.</summary>
    public const string Unterminated = "shell.unterminated";

    /// <summary>The program's name is a word of the shell's grammar.</summary>
    public const string ReservedWord = "shell.reserved-word";

    /// <summary>A builtin that runs text, or evaluates it in a way that can.</summary>
    public const string Builtin = "shell.builtin";

    /// <summary>A program that starts the program named by its arguments.</summary>
    public const string Wrapper = "shell.wrapper";

    /// <summary>An interpreter with its program on the line or on its input.</summary>
    public const string InlineCode = "shell.inline-code";

    /// <summary>An option that makes the program start another one.</summary>
    public const string StartsProgram = "shell.starts-program";

    /// <summary>No program is named.</summary>
    public const string NoProgram = "shell.no-program";
}
