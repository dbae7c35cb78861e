namespace Guard.Shell.Syntax;

/// <summary>Bounds on one line. Reaching a bound is a refusal, never a shorter answer.</summary>
public sealed record ShellLimits
{
    public static ShellLimits Default { get; } = new();

    /// <summary>UTF-16 characters of the whole text.</summary>
    public int Length { get; init; } = 64 * 1024;

    /// <summary>Nesting of compound commands, substitutions, quotations and parameter operands, together.</summary>
    public int Depth { get; init; } = 64;

    public int Words { get; init; } = 8_192;

    /// <summary>Nodes of the syntax tree, words and their parts included.</summary>
    public int Nodes { get; init; } = 65_536;
}
