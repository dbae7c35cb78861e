using Guard.Shell.Effects;
using Guard.Shell.Expansion;

namespace Guard.Shell.Lines;

/// <summary>What is known of the place and the shell in which a line would run. What is not stated is not known.</summary>
public sealed record LineFacts
{
    /// <summary>The folder at the start, absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The value of <c>HOME</c> in that shell; null if it is not known for certain.</summary>
    public string? Home { get; init; }

    /// <summary>The value of <c>USER</c>; null if it is not known for certain.</summary>
    public string? User { get; init; }

    /// <summary>Further exported variables; a null value: certainly not set. State <c>CDPATH</c> as not set where it is, or <c>cd</c> leads nowhere known.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>The files that globs and <c>cd</c> see; null: not known.</summary>
    public IGlobView? View { get; init; }

    /// <summary>What lies at an absolute path.</summary>
    public PathProbe Probe { get; init; } = _ => PathForm.Unknown;

    public LineLimits Limits { get; init; } = LineLimits.Default;
}

/// <summary>Bounds on one line. Reaching one makes the line opaque, never shorter.</summary>
public sealed record LineLimits
{
    public static LineLimits Default { get; } = new();

    /// <summary>Commands within commands: wrappers, <c>bash -c</c>, <c>find -exec</c> and their like.</summary>
    public int Depth { get; init; } = 12;

    /// <summary>Steps of the shell and commands that are looked at, all levels together, however long the line is.</summary>
    public int Steps { get; init; } = 4_096;

    /// <summary>Steps for each character of the line, beside <see cref="BaseSteps"/>: loops and functions multiply what a line says, and no line may multiply it further than this.</summary>
    public int StepsPerCharacter { get; init; } = 16;

    public int BaseSteps { get; init; } = 256;

    internal int StepsFor(string line) => (int)Math.Min(Steps, BaseSteps + ((long)StepsPerCharacter * line.Length));

    /// <summary>Accesses of the whole line.</summary>
    public int Accesses { get; init; } = 8_192;
}
