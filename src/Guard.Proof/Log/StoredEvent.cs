using Guard.Proof.Leaves;

namespace Guard.Proof.Log;

/// <summary>Why an event has no body any more.</summary>
public enum BodyState
{
    /// <summary>It has one.</summary>
    Present,

    /// <summary>Erased lawfully, with its salt; an event of its own says so.</summary>
    Erased,

    /// <summary>Its retention ended, and its partition was dropped.</summary>
    Expired,
}

/// <summary>An event as a store or an export gives it to verification.</summary>
/// <param name="Leaf">As kept for ever.</param>
/// <param name="Json">The body, in UTF-8; empty where there is none.</param>
/// <param name="Salt">Empty where there is no body.</param>
/// <param name="State">Whether there should be a body.</param>
public sealed record StoredEvent(EventLeaf Leaf, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Salt, BodyState State);
