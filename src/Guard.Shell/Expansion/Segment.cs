using System.Runtime.InteropServices;

namespace Guard.Shell.Expansion;

/// <summary>How a stretch of expanded text is treated by splitting and globbing.</summary>
internal enum SegmentKind
{
    /// <summary>Written without quotes: not split, glob characters are active.</summary>
    Literal,

    /// <summary>Neither split nor globbed. An empty one keeps its field alive.</summary>
    Quoted,

    /// <summary>The result of an unquoted expansion: split, and glob characters are active.</summary>
    Split,

    /// <summary>Unknown text that stays within its field.</summary>
    UnknownText,

    /// <summary>Unknown text that splits into any number of fields.</summary>
    UnknownFields,

    /// <summary>A new field starts, as between the elements of <c>"$@"</c>.</summary>
    Break,

    /// <summary><c>"$@"</c> without elements: unlike an empty quotation it makes no field.</summary>
    Nothing,
}

/// <param name="Kind">How it is treated.</param>
/// <param name="Text">Empty where it is not known.</param>
/// <param name="IsTame">Not known, but a <see cref="ShellValue.Tame"/> value.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Segment(SegmentKind Kind, string Text, bool IsTame = false)
{
    public static Segment Break { get; } = new(SegmentKind.Break, "");

    public static Segment Nothing { get; } = new(SegmentKind.Nothing, "");

    public static Segment Unknown(bool quoted) => new(quoted ? SegmentKind.UnknownText : SegmentKind.UnknownFields, "");

    /// <summary>A <see cref="ShellValue.Tame"/> value.</summary>
    public static Segment Tame(bool quoted) => new(quoted ? SegmentKind.UnknownText : SegmentKind.UnknownFields, "", IsTame: true);

    public static Segment Value(string text, bool quoted) => new(quoted ? SegmentKind.Quoted : SegmentKind.Split, text);
}
