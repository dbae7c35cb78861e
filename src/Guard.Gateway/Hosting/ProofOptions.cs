namespace Guard.Gateway.Hosting;

/// <summary>How the record proves itself.</summary>
public sealed record ProofOptions
{
    /// <summary>How often recorded events are taken into the log and its head is signed: the longest time in which a change of the store leaves no trace.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where signed heads go, outside of the store: absolute paths of files that only grow.</summary>
    public IReadOnlyList<string> CheckpointFiles { get; init; } = [];

    /// <summary>Where the newest signed head is put with HTTP PUT: https, or http to a loopback address.</summary>
    public IReadOnlyList<Uri> CheckpointUrls { get; init; } = [];

    /// <summary>Sent to <see cref="CheckpointUrls"/> as a bearer token. Null: none.</summary>
    public string? CheckpointToken { get; init; }

    /// <summary>How often a head is published at most.</summary>
    public TimeSpan PublishInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Never the token, nor addresses, which can hold one: records print themselves into logs and messages.</summary>
    public override string ToString() => nameof(ProofOptions);
}
