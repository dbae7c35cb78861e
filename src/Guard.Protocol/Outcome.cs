namespace Guard.Protocol;

/// <summary>Body of <c>POST /v1/events</c>: how a tool call ended. One per trace; a later one is refused and recorded.</summary>
public sealed record OutcomeRequest
{
    public required int Version { get; init; }
    public required HookInfo Hook { get; init; }

    /// <summary>The trace of the decision where it is known; else the gateway joins by session and tool use id.</summary>
    public string? TraceId { get; init; }
    public string? SessionId { get; init; }
    public string? ToolUseId { get; init; }

    public required string Client { get; init; }
    public required string Event { get; init; }
    public required string Tool { get; init; }

    /// <summary>See <see cref="Outcomes"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Milliseconds as the client measured them.</summary>
    public long? DurationMs { get; init; }

    public int? ExitCode { get; init; }

    /// <summary>Size of the tool's response as JSON, in bytes.</summary>
    public long? OutputBytes { get; init; }

    /// <summary><c>sha256:</c> and the hexadecimal digest of the tool's response as JSON. The response itself never travels.</summary>
    public string? OutputDigest { get; init; }
}

/// <summary>The values of <see cref="OutcomeRequest.Outcome"/>.</summary>
public static class Outcomes
{
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";
    public const string Interrupted = "interrupted";
}

/// <summary>Answer to <see cref="OutcomeRequest"/>; the event is durable.</summary>
public sealed record OutcomeResponse
{
    public required int Version { get; init; }

    /// <summary>The trace joined; absent where no decision was found for the call.</summary>
    public string? TraceId { get; init; }
    public required string EventId { get; init; }
}
