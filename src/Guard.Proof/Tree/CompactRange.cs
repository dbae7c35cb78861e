using System.Numerics;

namespace Guard.Proof.Tree;

/// <summary>
/// The head of a growing tree in a number of hashes that grows with the logarithm of its size: the roots of the complete
/// subtrees that the leaves so far make up, largest first. Enough to append and to know the root; not enough for proofs.
/// </summary>
public sealed class CompactRange
{
    // INVARIANT (one hash per bit): as many hashes as Size has ones, for the bits from the highest down.
    private readonly List<MerkleHash> _hashes;

    public CompactRange() => _hashes = [];

    /// <summary>Continues where <see cref="Hashes"/> of a tree of this size left off.</summary>
    /// <exception cref="ArgumentException">The number of hashes is not that of this size.</exception>
    public CompactRange(long size, IReadOnlyList<MerkleHash> hashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (hashes.Count != BitOperations.PopCount((ulong)size))
        {
            throw new ArgumentException($"A tree of {size} leaves has {BitOperations.PopCount((ulong)size)} complete subtrees, not {hashes.Count}.", nameof(hashes));
        }

        Size = size;
        _hashes = [.. hashes];
    }

    /// <summary>In leaves.</summary>
    public long Size { get; private set; }

    public IReadOnlyList<MerkleHash> Hashes => _hashes;

    public void Append(MerkleHash leafHash)
    {
        var hash = leafHash;
        for (var bits = Size; (bits & 1) == 1; bits >>= 1)
        {
            hash = TreeHasher.Node(_hashes[^1], hash);
            _hashes.RemoveAt(_hashes.Count - 1);
        }

        _hashes.Add(hash);
        Size++;
    }

    /// <summary>The head of the tree (RFC 6962, 2.1).</summary>
    public MerkleHash Root()
    {
        if (_hashes.Count == 0)
        {
            return TreeHasher.Empty;
        }

        var root = _hashes[^1];
        for (var i = _hashes.Count - 2; i >= 0; i--)
        {
            root = TreeHasher.Node(_hashes[i], root);
        }

        return root;
    }
}
