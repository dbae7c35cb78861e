using Guard.Proof.Leaves;
using Guard.Proof.Notes;

namespace Guard.Proof.Log;

/// <summary>
/// What a proof file carries of its event, as the file's extra data: the leaf, and if the event is disclosed its salt and JSON.
/// Without them the file proves that an event of this id was recorded, and shows nothing of it.
/// </summary>
/// <remarks>Bytes: leaf data (49 or 51), then nothing, or salt (32) and JSON. The leaf's first byte says its format, and so its length.</remarks>
public sealed record EventDisclosure
{
    public required EventLeaf Leaf { get; init; }

    /// <summary>Empty: not disclosed.</summary>
    public ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>The event, in UTF-8. Empty: not disclosed.</summary>
    public ReadOnlyMemory<byte> Json { get; init; }

    public bool IsDisclosed => !Json.IsEmpty;

    /// <exception cref="ProofFormatException">No leaf, or a part of a disclosure.</exception>
    public static EventDisclosure Parse(ReadOnlyMemory<byte> extra)
    {
        var length = EventLeaf.LengthOf(extra.Span);
        var leaf = EventLeaf.Parse(extra.Span[..length]);
        var rest = extra[length..];
        if (rest.IsEmpty)
        {
            return new EventDisclosure { Leaf = leaf };
        }

        return rest.Length > EventLeaf.SaltLength
            ? new EventDisclosure { Leaf = leaf, Salt = rest[..EventLeaf.SaltLength], Json = rest[EventLeaf.SaltLength..] }
            : throw new ProofFormatException("The proof's extra data ends within the salt of its event.");
    }

    public byte[] ToArray() => [.. Leaf.ToArray(), .. Salt.Span, .. Json.Span];

    /// <summary>Holds a proof file against the log's keys, and the event in it against its leaf.</summary>
    /// <returns>What the file tells of the event, and the signed head that holds it.</returns>
    /// <exception cref="ProofRefusedException">The file does not prove its event; the message says why.</exception>
    /// <exception cref="BadSignatureException">The checkpoint was changed.</exception>
    /// <exception cref="ProofFormatException">A part of the file is not what it must be.</exception>
    public static (EventDisclosure Event, Checkpoint Head) Verify(LogProof proof, string origin, IReadOnlyList<VerifierKey> keys)
    {
        var disclosure = Parse(proof.Extra ?? throw new ProofFormatException("The proof carries no event: it has no extra data."));
        var head = proof.Verify(disclosure.Leaf.Hash(), origin, keys);
        if (disclosure.IsDisclosed && EventLeaf.Commit(disclosure.Leaf.Id, disclosure.Json.Span, disclosure.Salt.Span).Commitment != disclosure.Leaf.Commitment)
        {
            throw new ProofRefusedException("The event in the file is not the one that was recorded: it was changed.");
        }

        return (disclosure, head);
    }
}
