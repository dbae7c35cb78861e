using System.Globalization;
using System.Text;
using Guard.Proof.Leaves;
using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Proof.Tests.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Log;

/// <summary>A log in memory as a gateway would store it: events, tiles, checkpoints.</summary>
internal sealed class MadeLog : IDisposable
{
    private readonly Random _random = new(1);

    public NoteSigner Signer { get; } = TestKeys.Signer();
    public List<StoredEvent> Events { get; } = [];
    public Dictionary<TileId, ReadOnlyMemory<byte>> Tiles { get; } = [];
    public List<SignedNote> Notes { get; } = [];

    public LogSequencer Sequencer => new(TestKeys.Origin, [Signer], [Signer.Verifier]);

    public static MadeLog Of(params int[] steps)
    {
        var log = new MadeLog();
        foreach (var count in steps)
        {
            log.Step(count);
        }

        return log;
    }

    /// <summary>Every third is kept until somebody ends it.</summary>
    public StoredEvent Make()
    {
        var id = new Guid(Convert.FromHexString(string.Create(CultureInfo.InvariantCulture, $"01980000000070008000{Events.Count:x12}")), bigEndian: true);
        var json = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"id":"{{id}}","n":{{_random.Next(1000)}}}"""));
        var salt = new byte[EventLeaf.SaltLength];
        _random.NextBytes(salt);
        return new StoredEvent(EventLeaf.Commit(id, json, salt, Events.Count % 3 * 30), json, salt, BodyState.Present);
    }

    public LogStep Step(int count)
    {
        var leaves = new List<MerkleHash>();
        for (var i = 0; i < count; i++)
        {
            Events.Add(Make());
            leaves.Add(Events[^1].Leaf.Hash());
        }

        var step = Sequencer.Integrate(Notes.Count == 0 ? null : Notes[^1], (id, _) => Tiles[id], leaves);
        foreach (var tile in step.Tiles)
        {
            Tiles[tile.Id] = tile.Hashes;
        }

        Notes.Add(step.Note);
        return step;
    }

    /// <summary>Writes every tile anew from the events, as somebody would who has the database and not the key.</summary>
    public void RewriteTiles()
    {
        Tiles.Clear();
        var writer = new TileWriter(0, static (_, _) => default);
        Events.ForEach(stored => writer.Append(stored.Leaf.Hash()));
        foreach (var tile in writer.TakeChanged())
        {
            Tiles[tile.Id] = tile.Hashes;
        }
    }

    /// <param name="published">Which checkpoints the verifier has; null: all.</param>
    public LogVerdict Verify(IEnumerable<SignedNote>? published = null)
    {
        var heads = (published ?? Notes).Select(note => Checkpoint.Open(note, TestKeys.Origin, [Signer.Verifier])).Select(static head => (head.Size, head.Root)).ToList();
        var verifier = new LogVerifier(heads, StoredLeaf);
        Events.ForEach(verifier.Add);
        return verifier.Finish();
    }

    public void Dispose() => Signer.Dispose();

    private MerkleHash? StoredLeaf(long index) =>
        Tiles.TryGetValue(new TileId(0, index / Tile.MaxWidth), out var tile) && (index % Tile.MaxWidth + 1) * MerkleHash.Length <= tile.Length
            ? new MerkleHash(tile.Span.Slice((int)(index % Tile.MaxWidth) * MerkleHash.Length, MerkleHash.Length))
            : null;
}
