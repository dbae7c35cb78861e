namespace Guard.Cli.Audit.Proof;

/// <summary>The result of <c>guard audit verify --json</c>.</summary>
internal sealed record VerifyReport
{
    public required bool Holds { get; init; }

    /// <summary>The first thing that is not as it was signed; absent: everything is.</summary>
    public string? Problem { get; init; }

    /// <summary>In the log, from 0, of the event where it shows; absent: it is not at one event.</summary>
    public long? Index { get; init; }

    /// <summary>Events read.</summary>
    public required long Events { get; init; }

    /// <summary>Of them under the newest signed head.</summary>
    public required long Signed { get; init; }

    /// <summary>Without a body, by a recorded erasure.</summary>
    public required long Erased { get; init; }

    /// <summary>Without a body, at the end of their retention.</summary>
    public required long Expired { get; init; }
    public string? Log { get; init; }

    /// <summary>Checkpoints that were published elsewhere, and against which the record was held.</summary>
    public required int Checkpoints { get; init; }

    /// <summary>The key was stated; else it was taken from what is verified.</summary>
    public required bool KeyStated { get; init; }

    /// <summary>What the gateway itself says is wrong.</summary>
    public string? Refusal { get; init; }
}
