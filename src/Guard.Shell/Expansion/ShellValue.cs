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

    /// <summary>Perhaps an array, and its elements are not known: bash reads more in what is declared for it than in a text.</summary>
    public static ShellValue UnknownArray { get; } = new UnknownArrayValue();

    /// <summary>It is certainly not set.</summary>
    public static ShellValue Unset { get; } = new UnsetValue();

    /// <summary>A number that is not known: no blanks, nothing that a pattern or arithmetic would take for anything else.</summary>
    public static ShellValue Number { get; } = new NumberValue();

    /// <summary>Not known and perhaps not set, but no text of the line: a number, or what the shell's environment holds, which is trusted as <c>PATH</c> is.</summary>
    public static ShellValue Tame { get; } = new TameValue();

    /// <summary>Arithmetic over it evaluates nothing that an agent could have written.</summary>
    public bool IsTame => this switch
    {
        Scalar { Text: var text } => IsInteger(text),
        NumberValue or TameValue or UnsetValue => true,
        _ => false,
    };

    public bool MayBeArray => this is IndexedArray or UnknownArrayValue;

    /// <summary>What is known of a variable that has one of two values.</summary>
    public static ShellValue Either(ShellValue a, ShellValue b)
    {
        if (a.MayBeArray || b.MayBeArray)
            return UnknownArray;
        if (!a.IsTame || !b.IsTame)
            return Unknown;
        return a is Scalar or NumberValue && b is Scalar or NumberValue ? Number : Tame;
    }

    public static ShellValue Of(string text) => new Scalar(text);

    /// <summary>A variable with exactly this text.</summary>
    public sealed record Scalar(string Text) : ShellValue;

    /// <summary>An indexed array whose elements are all known.</summary>
    public sealed record IndexedArray(ImmutableSortedDictionary<long, string> Elements) : ShellValue;

    /// <summary>As bash writes the result of arithmetic.</summary>
    private static bool IsInteger(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return digits.Length is > 0 and <= 18 && !digits.ContainsAnyExceptInRange('0', '9') && (digits[0] != '0' || digits.Length == 1);
    }

    private sealed record UnknownValue : ShellValue;

    private sealed record UnknownArrayValue : ShellValue;

    private sealed record NumberValue : ShellValue;

    private sealed record TameValue : ShellValue;

    private sealed record UnsetValue : ShellValue;
}
