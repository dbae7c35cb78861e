namespace Guard.Shell.Effects;

/// <summary>What is known about the place where a command runs.</summary>
public sealed record CommandFacts
{
    public static CommandFacts None { get; } = new();

    /// <summary>What lies at a path; without it every possibility counts.</summary>
    public PathProbe Probe { get; init; } = _ => PathForm.Unknown;

    /// <summary>Standard input comes from a pipe, file or here-document of the line, so that programs which then read it do not search a folder.</summary>
    public bool InputIsGiven { get; init; }
}
