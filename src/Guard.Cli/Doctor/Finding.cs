namespace Guard.Cli.Doctor;

/// <summary>Something that keeps Guard from being in force, or soon will.</summary>
/// <param name="Code">Stable; docs/operations.md lists them.</param>
/// <param name="Message">What is wrong and where.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Finding(string Code, string Message, string Remedy);

/// <summary>A sample call that the registered hook was asked about.</summary>
/// <param name="Name"><c>denied</c> or <c>allowed</c>: what it must be.</param>
/// <param name="Passed">It was.</param>
/// <param name="Reason">What the hook said.</param>
/// <param name="Stopped">The call was denied, whatever the reason.</param>
internal sealed record CanaryResult(string Name, bool Passed, string Reason, bool Stopped);

/// <summary>What <c>guard doctor</c> says; its members are the result with <c>--json</c>.</summary>
internal sealed record DoctorReport
{
    /// <summary><c>managed</c>, <c>user</c> or <c>none</c>.</summary>
    public required string Installation { get; init; }

    /// <summary>The settings file whose registration is in force.</summary>
    public string? RegisteredIn { get; init; }
    public string? Hook { get; init; }
    public string? Gateway { get; init; }
    public string? Client { get; init; }
    public required IReadOnlyList<Finding> Findings { get; init; }
    public IReadOnlyList<CanaryResult> Canaries { get; init; } = [];

    /// <summary>What was not looked at, and what this kind of installation cannot do.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
