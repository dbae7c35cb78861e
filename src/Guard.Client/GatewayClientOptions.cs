namespace Guard.Client;

/// <summary>How to reach a gateway and as whom.</summary>
public sealed record GatewayClientOptions
{
    public required GatewayAddress Address { get; init; }

    /// <summary>Sent as bearer token. Absent: only health can be asked.</summary>
    public string? ApiKey { get; init; }

    /// <summary>PEM file of the certificate authorities to trust instead of the machine's. Only for https.</summary>
    public string? CaFile { get; init; }

    /// <summary>For one call, from connecting to the last byte of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
