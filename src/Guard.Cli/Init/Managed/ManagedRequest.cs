namespace Guard.Cli.Init.Managed;

/// <summary>What the person asked of <c>guard init --managed</c>; all paths absolute.</summary>
internal sealed record ManagedRequest
{
    /// <summary>The folder that holds <c>guard</c> and <c>guard-hook</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Null: a gateway on this machine.</summary>
    public string? Gateway { get; init; }

    /// <summary>For a remote gateway: PEM file of its authorities.</summary>
    public string? CaFile { get; init; }

    /// <summary>For a remote gateway: file with the agent's key.</summary>
    public string? AgentKeyFile { get; init; }

    /// <summary>Where the first admin key of a local gateway is written; null: shown on the terminal.</summary>
    public string? AdminKeyFile { get; init; }

    /// <summary>Folder whose policies are copied; null: none.</summary>
    public string? Policies { get; init; }

    /// <summary>Standard output is a terminal, on which a key may be shown.</summary>
    public bool MayShowKey { get; init; }
    public bool Repair { get; init; }
    public bool DryRun { get; init; }

    /// <summary>With uninstalling: also data, policies and the account.</summary>
    public bool Purge { get; init; }
}
