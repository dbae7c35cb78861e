namespace Guard.Proof.Tree;

/// <summary>Computes the nodes of a tree of a fixed size from its tiles; each tile is fetched once. Not for several threads.</summary>
public sealed class TileReader(long size, TileSource tiles)
{
    private readonly Dictionary<TileId, ReadOnlyMemory<byte>> _fetched = [];

    /// <summary>In leaves.</summary>
    public long Size { get; } = size;

    public MerkleHash Root() => TreeProofs.Root(Size, Node);

    /// <summary>See <see cref="NodeSource"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The subtree is not complete in a tree of this size.</exception>
    /// <exception cref="ProofFormatException">A stored tile is shorter than the tree's size says.</exception>
    public MerkleHash Node(int level, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (level >= 63 || index >= Size >> level)
        {
            throw new ArgumentOutOfRangeException(nameof(index), $"A tree of {Size} leaves has no complete subtree {index} at level {level}.");
        }

        var inside = level % Tile.Height;
        var first = index << inside;
        var id = new TileId(level / Tile.Height, first / Tile.MaxWidth);
        var hashes = Fetch(id).Span.Slice((int)(first % Tile.MaxWidth) * MerkleHash.Length, MerkleHash.Length << inside);
        return Fold(hashes);
    }

    /// <summary>The root over a power of two of hashes side by side.</summary>
    internal static MerkleHash Fold(ReadOnlySpan<byte> hashes) =>
        hashes.Length == MerkleHash.Length
            ? new MerkleHash(hashes)
            : TreeHasher.Node(Fold(hashes[..(hashes.Length / 2)]), Fold(hashes[(hashes.Length / 2)..]));

    private ReadOnlyMemory<byte> Fetch(TileId id)
    {
        if (_fetched.TryGetValue(id, out var known))
        {
            return known;
        }

        var width = Tile.WidthAt(id, Size);
        var hashes = tiles(id, width);
        if (hashes.Length < width * MerkleHash.Length)
        {
            throw new ProofFormatException($"Tile {id.Index} of level {id.Level} has {hashes.Length} bytes; a tree of {Size} leaves needs {width * MerkleHash.Length}.");
        }

        _fetched.Add(id, hashes);
        return hashes;
    }
}
