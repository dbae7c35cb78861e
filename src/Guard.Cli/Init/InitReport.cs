namespace Guard.Cli.Init;

/// <summary>What <c>guard init</c> did; its members are the result with <c>--json</c>.</summary>
internal sealed record InitReport
{
    /// <summary><c>install</c> or <c>uninstall</c>.</summary>
    public required string Operation { get; init; }
    public required string File { get; init; }
    public required bool Changed { get; init; }

    /// <summary>Nothing was written because of <c>--dry-run</c>; <see cref="Content"/> is what would be.</summary>
    public bool DryRun { get; init; }

    /// <summary>Copy of the file as it was; absent when nothing changed or there was no file.</summary>
    public string? Backup { get; init; }
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>Entries added to, or taken out of, <c>permissions.allow</c>.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];

    /// <summary>What <c>--repair</c> did, each with its place.</summary>
    public IReadOnlyList<string> Repairs { get; init; } = [];
    public IReadOnlyList<string> Warnings { get; init; } = [];
    public string? Content { get; init; }
    public ClientReport? Client { get; init; }

    /// <summary>Why the client drops the file all the same, in its own words; absent: it does not.</summary>
    public string? Objection { get; init; }
    public CanaryReport? Canary { get; init; }
}

/// <summary>The agent client found on PATH.</summary>
internal sealed record ClientReport(string Path, string Version);

/// <summary>The sample call that must be denied.</summary>
/// <param name="Stopped">Denied, and by the floor.</param>
/// <param name="Reason">What the hook said, or why it could not be asked.</param>
internal sealed record CanaryReport(bool Stopped, string Reason);
