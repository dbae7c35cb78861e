namespace Guard.Proof.Tree;

/// <summary>
/// Appends leaves to a stored tree: holds the unfinished tile of each level (8 at most, 8 KiB each) and hands out what
/// changed. Not for several threads.
/// </summary>
public sealed class TileWriter
{
    private readonly List<Edge> _edges = [];
    private readonly List<Tile> _full = [];

    /// <summary>Continues a tree of this size, whose unfinished tiles are fetched.</summary>
    /// <exception cref="ProofFormatException">A stored tile is shorter than the tree's size says.</exception>
    public TileWriter(long size, TileSource tiles)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        Size = size;
        for (var level = 0; Tile.Count(level, size) > 0; level++)
        {
            var edge = EdgeAt(level);
            var count = Tile.Count(level, size);
            edge.Index = count / Tile.MaxWidth;
            edge.Width = (int)(count % Tile.MaxWidth);
            if (edge.Width == 0)
            {
                continue;
            }

            var stored = tiles(new TileId(level, edge.Index), edge.Width);
            if (stored.Length < edge.Width * MerkleHash.Length)
            {
                throw new ProofFormatException($"Tile {edge.Index} of level {level} has {stored.Length} bytes; a tree of {size} leaves needs {edge.Width * MerkleHash.Length}.");
            }

            stored.Span[..(edge.Width * MerkleHash.Length)].CopyTo(edge.Hashes);
        }
    }

    /// <summary>In leaves.</summary>
    public long Size { get; private set; }

    public void Append(MerkleHash leafHash)
    {
        Append(0, leafHash);
        Size++;
    }

    /// <summary>The tiles that are new or longer than at the last call. A later version of a tile begins with the earlier one.</summary>
    public IReadOnlyList<Tile> TakeChanged()
    {
        var changed = new List<Tile>(_full);
        _full.Clear();
        for (var level = 0; level < _edges.Count; level++)
        {
            var edge = _edges[level];
            if (edge.Changed)
            {
                changed.Add(new Tile(new TileId(level, edge.Index), edge.Hashes.AsSpan(0, edge.Width * MerkleHash.Length).ToArray()));
                edge.Changed = false;
            }
        }

        return changed;
    }

    private void Append(int level, MerkleHash hash)
    {
        var edge = EdgeAt(level);
        hash.CopyTo(edge.Hashes.AsSpan(edge.Width * MerkleHash.Length));
        edge.Width++;
        edge.Changed = true;
        if (edge.Width < Tile.MaxWidth)
        {
            return;
        }

        _full.Add(new Tile(new TileId(level, edge.Index), edge.Hashes.ToArray()));
        edge.Index++;
        edge.Width = 0;
        edge.Changed = false;
        Append(level + 1, TileReader.Fold(edge.Hashes));
    }

    private Edge EdgeAt(int level)
    {
        if (level == _edges.Count)
        {
            _edges.Add(new Edge());
        }

        return _edges[level];
    }

    private sealed class Edge
    {
        public byte[] Hashes { get; } = new byte[Tile.MaxWidth * MerkleHash.Length];
        public long Index { get; set; }
        public int Width { get; set; }
        public bool Changed { get; set; }
    }
}
