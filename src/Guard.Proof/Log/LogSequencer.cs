using Guard.Proof.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Log;

/// <summary>One step of the log: the tiles that changed, and the head over them, signed. Stored together or not at all.</summary>
public sealed record LogStep(IReadOnlyList<Tile> Tiles, Checkpoint Checkpoint, SignedNote Note);

/// <summary>
/// Integrates leaves into the log and signs its head. Holds nothing between steps: whoever calls it reads the last checkpoint
/// and the tiles from the store, in the transaction in which the step is stored.
/// </summary>
/// <remarks>
/// INVARIANT (never two histories): before anything is signed, the stored tiles must yield the root of the last checkpoint that
/// was signed. A store that was changed behind the log's back, or rolled back, makes the log stop instead of signing it.
/// </remarks>
public sealed class LogSequencer(string origin, IReadOnlyList<NoteSigner> signers, IReadOnlyList<VerifierKey> trusted)
{
    /// <param name="last">The newest checkpoint known, wherever it is kept; null: the log begins.</param>
    /// <param name="tiles">The tiles as stored.</param>
    /// <param name="leaves">What follows the last checkpoint's leaves, in order. None: the same head is signed anew, for a new key.</param>
    /// <exception cref="ProofRefusedException">The stored tiles are not those of the last checkpoint, or its signature is by no trusted key.</exception>
    /// <exception cref="BadSignatureException">The last checkpoint was changed.</exception>
    /// <exception cref="ProofFormatException">The last checkpoint is none, or a stored tile is too short.</exception>
    public LogStep Integrate(SignedNote? last, TileSource tiles, IEnumerable<MerkleHash> leaves)
    {
        var size = last is null ? 0 : Verified(last, tiles);
        var writer = new TileWriter(size, tiles);
        foreach (var leaf in leaves)
        {
            writer.Append(leaf);
        }

        var changed = writer.TakeChanged();
        var fresh = changed.ToDictionary(static tile => tile.Id, static tile => tile.Hashes);
        var root = new TileReader(writer.Size, (id, width) => fresh.TryGetValue(id, out var hashes) ? hashes : tiles(id, width)).Root();
        var checkpoint = new Checkpoint { Origin = origin, Size = writer.Size, Root = root };
        return new LogStep(changed, checkpoint, SignedNote.Sign(checkpoint.ToText(), signers));
    }

    private long Verified(SignedNote last, TileSource tiles)
    {
        var checkpoint = Checkpoint.Open(last, origin, trusted);
        var stored = new TileReader(checkpoint.Size, tiles).Root();
        return stored == checkpoint.Root
            ? checkpoint.Size
            : throw new ProofRefusedException($"The stored tree of {checkpoint.Size} events is not the one that the last checkpoint signed: the store was changed. Nothing is signed.");
    }
}
