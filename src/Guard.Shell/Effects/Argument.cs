namespace Guard.Shell.Effects;

/// <summary>How much of an argument is known before the command runs.</summary>
public enum ArgumentForm
{
    /// <summary>The text is exactly what the program gets.</summary>
    Known,

    /// <summary>One word; <see cref="Argument.Hole"/> stands where any text may come.</summary>
    Partial,

    /// <summary>Any number of words, also none, of which nothing is known.</summary>
    Words,

    /// <summary>One path (or several) at or below the folder that the text names.</summary>
    Within,
}

/// <summary>A word of a command after expansion, with what is known of it.</summary>
public readonly record struct Argument(string Text, ArgumentForm Form)
{
    /// <summary>Stands in a <see cref="ArgumentForm.Partial"/> text for text that cannot be known. A noncharacter: no program's text needs it.</summary>
    public const char Hole = '\uFDD0';

    private const string OnlyHole = "\uFDD0";

    public static Argument Unknown { get; } = new(OnlyHole, ArgumentForm.Partial);

    public static Argument AnyWords { get; } = new(OnlyHole, ArgumentForm.Words);

    public bool IsKnown => Form == ArgumentForm.Known;

    /// <summary>True where the program may take this word for an option although no dash is seen.</summary>
    public bool MayBeOption => Form == ArgumentForm.Words || (Form == ArgumentForm.Partial && (Text.Length == 0 || Text[0] == Hole));

    public static Argument Of(string text) => new(text, ArgumentForm.Known);

    /// <summary>For <see cref="ArgumentForm.Within"/>: base-name globs of which the path matches one; null where nothing is known.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>The folder <paramref name="folder"/> or something below it.</summary>
    public static Argument Below(string folder, IReadOnlyList<string>? only = null) => new(folder, ArgumentForm.Within) { Only = only };

    /// <summary>The same knowledge about a part of this word.</summary>
    public Argument Part(string text) =>
        Form == ArgumentForm.Partial && !text.Contains(Hole) ? Of(text) : this with { Text = text };

    public override string ToString() => Form switch
    {
        ArgumentForm.Words => "?*",
        ArgumentForm.Within => Text + "/**",
        _ => Text.Replace(Hole, '?'),
    };
}
