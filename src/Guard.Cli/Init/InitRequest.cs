namespace Guard.Cli.Init;

/// <summary>What the person asked of <c>guard init</c>.</summary>
internal sealed record InitRequest
{
    /// <summary>The settings file to change, absolute.</summary>
    public required string SettingsPath { get; init; }

    /// <summary>The project folder whose settings are looked at beside it, and the canary's workspace.</summary>
    public required string ProjectFolder { get; init; }
    public required string HookPath { get; init; }
    public required string ConfigPath { get; init; }
    public bool Permissions { get; init; }

    /// <summary>The settings are the account's, not a project's.</summary>
    public bool User { get; init; }

    /// <summary>The settings are the machine's: beside the hooks, what keeps them in force.</summary>
    public bool Managed { get; init; }

    /// <summary>With <see cref="Managed"/>: the host of a gateway on another machine.</summary>
    public string? GatewayHost { get; init; }
    public bool Repair { get; init; }
    public bool DryRun { get; init; }
}
