namespace Guard.Shell.Expansion;

/// <summary>One entry of what a command receives for its words.</summary>
public abstract record ExpandedField
{
    private ExpandedField()
    {
    }

    /// <summary>Exactly one argument with exactly this text.</summary>
    /// <param name="Text">The argument.</param>
    /// <param name="FromGlob">It is a file that a pattern matched; the order among such fields depends on the locale.</param>
    public sealed record Known(string Text, bool FromGlob = false) : ExpandedField;

    /// <summary>Exactly one argument that starts with <paramref name="Prefix"/>, ends with <paramref name="Suffix"/>, and is not known between.</summary>
    /// <param name="Prefix">What it starts with.</param>
    /// <param name="Suffix">What it ends with.</param>
    /// <param name="IsTame">All of it is a <see cref="ShellValue.Tame"/> value.</param>
    public sealed record Partial(string Prefix, string Suffix, bool IsTame = false) : ExpandedField;

    /// <summary>Any number of arguments, none included, with any text.</summary>
    public sealed record Unknown : ExpandedField
    {
        public static Unknown Instance { get; } = new();

        /// <summary>Each of the arguments is a <see cref="ShellValue.Tame"/> value.</summary>
        public static Unknown Tame { get; } = new() { IsTame = true };

        public bool IsTame { get; private init; }
    }
}
