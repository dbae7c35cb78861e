using Guard.Proof.Notes;
using Guard.Proof.Tree;

namespace Guard.Gateway.Proof;

/// <summary>
/// The newest head that this gateway has seen anywhere, which the stored tree must hold before anything is signed: in the store, in its
/// own memory, or where heads are published. Used by whoever has the sequencer's turn.
/// </summary>
/// <param name="memory">The gateway's own, beside its key.</param>
/// <param name="publishers">Hand each new head to the places of publication.</param>
internal sealed class KnownHead(CheckpointMemory memory, IReadOnlyList<CheckpointPublisher> publishers)
{
    private readonly List<ICheckpointPlace> _unread = [memory, .. publishers.Select(static publisher => publisher.Place)];
    private Checkpoint? _known;
    private SignedNote? _unremembered;

    /// <summary>Events below the head; 0: none is known.</summary>
    public long Size => _known?.Size ?? 0;

    /// <summary>Reads each place once, before anything is signed: a store that is older than what stands there must not go on from where it is.</summary>
    /// <exception cref="ProofRefusedException">A place holds what no key of this log has signed.</exception>
    /// <exception cref="CheckpointPlaceException">A place cannot be read now; it is read the next time.</exception>
    public async Task ReadPlacesAsync(LogKeyFile key, CancellationToken cancellationToken)
    {
        while (_unread is [var place, ..])
        {
            if (await place.ReadAsync(cancellationToken) is { } note)
            {
                Know(note, key, place.Name);
            }

            _unread.RemoveAt(0);
        }
    }

    /// <exception cref="ProofRefusedException">The store's log does not hold the known head.</exception>
    public void Check(LogHeadRow? head, TileSource tiles)
    {
        if (_known is not { } known)
        {
            return;
        }

        if (known.Size > (head?.Size ?? 0))
        {
            throw new ProofRefusedException($"A checkpoint over {known.Size} events was signed, and the store's log has {head?.Size ?? 0}: the store was restored from a backup, or cut. Nothing is signed");
        }

        if (new TileReader(known.Size, tiles).Root() != known.Root)
        {
            throw new ProofRefusedException($"The stored tree of the first {known.Size} events is not the one that was signed: the store was changed. Nothing is signed");
        }
    }

    /// <summary>A head was signed and stored. It is remembered by <see cref="RememberAsync"/>.</summary>
    public void Publish(Checkpoint checkpoint, SignedNote note)
    {
        _known = checkpoint;
        _unremembered = note;
        foreach (var publisher in publishers)
        {
            publisher.Publish(new SignedHead(checkpoint.Size, note));
        }
    }

    /// <summary>Writes a head that was published into the memory, if that has not been done. Before the next is signed, so that it cannot stay behind.</summary>
    /// <exception cref="CheckpointPlaceException">It cannot be written now; it is tried the next time.</exception>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        if (_unremembered is { } note)
        {
            await memory.PublishAsync(note, cancellationToken);
            _unremembered = null;
        }
    }

    /// <summary>A new log begins; the person who began it knows what stands in the places.</summary>
    public void Forget()
    {
        _known = null;
        _unremembered = null;
        _unread.Clear();
    }

    private void Know(SignedNote note, LogKeyFile key, string place)
    {
        if (note.VerifiedBy(key.All).Count == 0)
        {
            throw new ProofRefusedException($"{place} holds a checkpoint that no key of this log has signed. Publish in a place of this log's own");
        }

        var checkpoint = Checkpoint.Parse(note.Text);
        // A log that this one replaced says nothing about this one.
        if (checkpoint.Origin == key.Origin && checkpoint.Size > (_known?.Size ?? -1))
        {
            _known = checkpoint;
        }
    }
}
