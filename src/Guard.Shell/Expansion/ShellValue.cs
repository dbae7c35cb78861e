using System.Collections.Immutable;

namespace Guard.Shell.Expansion;

/// <summary>What is known of a variable.</summary>
public abstract record ShellValue
{
    private ShellValue()
    {
    }

    /// <summary>Nothing: it may be unset, empty, or anything.</summary>
    public static ShellValue Unknown { get; } = new UnknownValue();

    /// <summary>It is certainly not set.</summary>
    public static ShellValue Unset { get; } = new UnsetValue();

    public static ShellValue Of(string text) => new Scalar(text);

    /// <summary>A variable with exactly this text.</summary>
    public sealed record Scalar(string Text) : ShellValue;

    /// <summary>An indexed array whose elements are all known.</summary>
    public sealed record IndexedArray(ImmutableSortedDictionary<long, string> Elements) : ShellValue;

    private sealed record UnknownValue : ShellValue;

    private sealed record UnsetValue : ShellValue;
}
