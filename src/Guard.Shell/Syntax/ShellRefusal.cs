namespace Guard.Shell.Syntax;

/// <summary>Why a line, or a part of it, is not understood exactly. The names are stable: policies and tests may quote them.</summary>
public enum ShellRefusalCode
{
    /// <summary>bash would refuse it too, or it is written in a way that only bash's own reading could settle.</summary>
    Syntax,

    /// <summary>A quotation, substitution, compound command or here-document is not closed.</summary>
    Unterminated,

    /// <summary>bash accepts it, and this reader does not model it on purpose.</summary>
    Unsupported,

    /// <summary>A character that bash treats specially inside, or a text that is not valid Unicode.</summary>
    InvalidCharacter,

    TooLong,
    TooDeep,
    TooManyWords,
    TooManyNodes,
}

/// <summary>A typed "no": the line must be treated as opaque.</summary>
/// <param name="Code">What kind of refusal.</param>
/// <param name="Position">UTF-16 offset into the line at which reading stopped.</param>
/// <param name="Message">One line, in plain words, without text from the line other than ASCII punctuation and reserved words.</param>
public sealed record ShellRefusal(ShellRefusalCode Code, int Position, string Message);
