namespace Guard.Gateway.Audit.RollUps;

/// <summary>How far the numbers go, as stored.</summary>
internal sealed record RollUpState
{
    /// <summary>Nothing is counted yet.</summary>
    public static readonly RollUpState Nothing = new();

    /// <summary>Events up to this position are counted.</summary>
    public long Position { get; init; }

    /// <summary>How often events that were counted have been taken away again, or all was begun anew.</summary>
    public long Generation { get; init; }

    /// <summary>How many are counted.</summary>
    public long Events { get; init; }

    /// <summary>A time that no counted event is before; null: none is counted.</summary>
    public long? Earliest { get; init; }

    /// <summary>A time that no counted event is behind.</summary>
    public long? Latest { get; init; }
}
