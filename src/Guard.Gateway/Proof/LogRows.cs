using Guard.Proof.Leaves;
using Guard.Proof.Tree;

namespace Guard.Gateway.Proof;

/// <summary>The newest signed head as stored.</summary>
internal sealed record LogHeadRow
{
    /// <summary>In leaves.</summary>
    public long Size { get; init; }

    /// <summary>Of the last leaf under it; 0: none.</summary>
    public long Position { get; init; }
    public string Note { get; init; } = "";

    /// <summary>In milliseconds since 1970-01-01 UTC.</summary>
    public long SignedAt { get; init; }
}

/// <summary>A key as stored: public, and vouched for by the one before it.</summary>
internal sealed record LogKeyRow
{
    public long Number { get; init; }
    public string Verifier { get; init; } = "";

    /// <summary>Null: the first key of its log.</summary>
    public string? Endorsement { get; init; }
}

/// <summary>A leaf as stored.</summary>
internal sealed record LogLeafRow
{
    public long Position { get; init; }
    public string Id { get; init; } = "";
    public byte[] Commitment { get; init; } = [];
    public int RetentionDays { get; init; }

    /// <summary>What the tree is made over; null: the row holds what no leaf can have.</summary>
    public EventLeaf? ToLeaf() => Guid.TryParse(Id, out var id) && Commitment.Length == MerkleHash.Length && RetentionDays is >= 0 and <= EventLeaf.MaxRetentionDays
        ? new EventLeaf { Id = id, RetentionDays = RetentionDays, Commitment = new MerkleHash(Commitment) }
        : null;
}

/// <summary>A body as stored, with the columns that lists go by.</summary>
internal sealed record LogBodyRow
{
    public long Position { get; init; }
    public string Id { get; init; } = "";
    public long Time { get; init; }
    public string Kind { get; init; } = "";
    public string Organisation { get; init; } = "";
    public string? Owner { get; init; }
    public string? AgentId { get; init; }
    public string? AgentName { get; init; }
    public string? SessionId { get; init; }
    public string? TraceId { get; init; }
    public string? ToolUseId { get; init; }
    public string? Tool { get; init; }
    public string? Action { get; init; }
    public string? Effect { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }

    /// <summary>Null where the store has no column for it, too.</summary>
    public string? Answer { get; init; }

    /// <inheritdoc cref="Answer"/>
    public string? Resource { get; init; }
    public string Body { get; init; } = "";
    public byte[]? Salt { get; init; }

    /// <summary>As the leaf says, unless somebody changed it.</summary>
    public int RetentionDays { get; init; }
}
