using Guard.Gateway.Audit;

namespace Guard.Gateway.Proof;

/// <summary>An expiry as stored; times in milliseconds since 1970-01-01 UTC.</summary>
internal sealed record ExpiryRow
{
    /// <summary>Of which <see cref="RetentionClass"/>.</summary>
    public int RetentionDays { get; init; }
    public long Before { get; init; }

    /// <summary>The smallest id that is kept.</summary>
    public string FirstId { get; init; } = "";
    public long ExpiredAt { get; init; }
}

/// <summary>That the retention of some months was ended.</summary>
/// <param name="RetentionDays">Of events of this <see cref="RetentionClass"/>.</param>
/// <param name="SaidBy">Id of the event that says so.</param>
internal sealed record SaidExpiry(int RetentionDays, string SaidBy);
