namespace Guard.Cli.Init.Managed;

/// <summary>What <c>guard init --managed</c> did; its members are the result with <c>--json</c>.</summary>
internal sealed record ManagedReport
{
    /// <summary><c>install</c> or <c>uninstall</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>Nothing was changed: the steps are what would be done.</summary>
    public bool DryRun { get; init; }
    public required IReadOnlyList<ManagedStep> Steps { get; init; }

    /// <summary>The client's managed settings.</summary>
    public InitReport? Settings { get; init; }
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What a person has to do now, in order.</summary>
    public IReadOnlyList<string> Next { get; init; } = [];

    /// <summary>Absent: the gateway was not running.</summary>
    public CanaryReport? Canary { get; init; }
}

/// <summary>One thing of the machine.</summary>
/// <param name="Thing">Such as <c>folder /etc/guard</c>.</param>
/// <param name="State"><c>made</c>, <c>changed</c>, <c>unchanged</c>, <c>removed</c>, <c>kept</c> or <c>done</c>.</param>
internal sealed record ManagedStep(string Thing, string State);
