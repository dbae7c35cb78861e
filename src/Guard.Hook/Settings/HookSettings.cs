using Guard.Hook.Gateway;

namespace Guard.Hook.Settings;

/// <summary>What a hook needs to ask a gateway.</summary>
internal sealed record HookSettings
{
    public const double DefaultTimeoutSeconds = 10;

    public required GatewayAddress Gateway { get; init; }
    public required string ApiKey { get; init; }

    /// <summary>A label; null means the machine's name.</summary>
    public string? AgentName { get; init; }

    /// <summary>Whether to ask the gateway to record only.</summary>
    public bool Audit { get; init; }

    /// <summary>How long the gateway may take, in seconds.</summary>
    public double TimeoutSeconds { get; init; } = DefaultTimeoutSeconds;

    public required string TraceHeader { get; init; }

    /// <summary>PEM file of the only authorities that a https gateway may be vouched for by; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Folder of the installation's id and counter; null: none is kept.</summary>
    public string? StateDirectory { get; init; }

    /// <summary>The account that must serve a Unix socket; null: <c>guard</c> for the machine's settings, else the hook's own.</summary>
    public string? GatewayUser { get; init; }

    /// <summary>Whether these are the machine's settings, which hold for all accounts.</summary>
    public bool FromMachine { get; init; }

    /// <summary>What to do when the gateway does not answer: on a managed machine it is not the caller's to start.</summary>
    public string StartAdvice => FromMachine ? "Ask who looks after this machine; `guard doctor` says more" : "Start it with `guard up`";
}
