using Guard.Policy;
using Guard.Protocol;

namespace Guard.Gateway.Policies;

/// <summary>The bundle in force. A decision takes <see cref="Current"/> once and uses that snapshot to its end.</summary>
internal sealed class ActiveBundle
{
    // Swapped whole by administration, read by every decision.
    private volatile BundleInForce? _current;

    public BundleInForce Current => _current ?? throw new InvalidOperationException("No bundle is in force yet.");

    /// <summary>See <see cref="BundleInForce.Retentions"/>; none before the first bundle is in force.</summary>
    public IReadOnlyList<int> Retentions => _current?.Retentions ?? [];

    public void Swap(BundleInForce next) => _current = next;
}

/// <summary>A compiled set of policies with the documents it came from. Immutable.</summary>
internal sealed record BundleInForce(PolicyBundle Bundle, IReadOnlyList<PolicyInForce> Policies, long Generation)
{
    /// <summary>The retentions that policies in force state, in days; each once, the shortest first.</summary>
    public IReadOnlyList<int> Retentions { get; } = [.. Bundle.Policies.Select(static policy => policy.Audit?.RetentionDays).OfType<int>().Distinct().Order()];

    /// <summary>
    /// Why the newest documents of the store cannot be used here, so that everything is denied; null: they can. Happens where
    /// gateways of different versions share a store.
    /// </summary>
    public string? Unusable { get; init; }

    /// <summary>Why a newer set of documents is not in force; null: this is the newest.</summary>
    public string? Stale { get; init; }
}

/// <summary>A policy in force.</summary>
internal sealed record PolicyInForce(PolicySummary Summary, PolicySource Source, PolicyOrigin Origin);

/// <summary>Who keeps a policy: the folder given at start, or whoever calls the API.</summary>
internal enum PolicyOrigin
{
    Folder,
    Api,
}
