using System.Runtime.InteropServices;

namespace Guard.Proof.Tree;

/// <summary>The place of a tile: tile level L holds the roots of complete subtrees of 256^L leaves; level 0 holds leaf hashes.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TileId(int Level, long Index);

/// <summary>
/// Up to 256 hashes of one level, side by side, as C2SP's tlog-tiles cuts a tree: what is stored and published. Every node of
/// the tree can be computed from one tile, and a tile that is full never changes.
/// </summary>
/// <param name="Id">Its place.</param>
/// <param name="Hashes">32 bytes each; a multiple of 32, at most 8192 bytes.</param>
public sealed record Tile(TileId Id, ReadOnlyMemory<byte> Hashes)
{
    /// <summary>Levels of the tree that one tile spans.</summary>
    public const int Height = 8;

    /// <summary>Hashes of a full tile.</summary>
    public const int MaxWidth = 1 << Height;

    /// <summary>Hashes in it.</summary>
    public int Width => Hashes.Length / MerkleHash.Length;

    /// <summary>How many hashes the tile level has in a tree of this size.</summary>
    public static long Count(int level, long size) => Height * level >= 63 ? 0 : size >> (Height * level);

    /// <summary>How many hashes this tile has in a tree of this size.</summary>
    public static int WidthAt(TileId id, long size) => (int)Math.Clamp(Count(id.Level, size) - id.Index * MaxWidth, 0, MaxWidth);
}

/// <summary>Fetches a stored tile.</summary>
/// <param name="id">Its place.</param>
/// <param name="width">How many hashes are needed at least; more may come back.</param>
/// <returns>32 bytes for each hash, without gaps.</returns>
public delegate ReadOnlyMemory<byte> TileSource(TileId id, int width);
