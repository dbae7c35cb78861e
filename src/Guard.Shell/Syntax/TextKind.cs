namespace Guard.Shell.Syntax;

/// <summary>What kind of text an expansion stands in; it decides which quotes mean something.</summary>
internal enum TextKind
{
    Unquoted,
    DoubleQuoted,
    HereDocument,
    Arithmetic,

    /// <summary>The pattern of a replacement inside double quotes: a backslash quotes, and quotes are refused.</summary>
    QuotedPattern,
}
