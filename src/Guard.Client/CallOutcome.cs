using Guard.Protocol;

namespace Guard.Client;

/// <summary>How a call ended, as the agent reports it. The output itself never travels.</summary>
public sealed record CallOutcome
{
    /// <summary>See <see cref="Outcomes"/>.</summary>
    public string Result { get; init; } = Outcomes.Succeeded;
    public TimeSpan? Duration { get; init; }
    public int? ExitCode { get; init; }

    /// <summary>Size of the output, in bytes.</summary>
    public long? OutputBytes { get; init; }

    /// <summary><c>sha256:</c> and the hexadecimal digest of the output.</summary>
    public string? OutputDigest { get; init; }
}
