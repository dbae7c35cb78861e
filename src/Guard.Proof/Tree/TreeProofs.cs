using System.Numerics;

namespace Guard.Proof.Tree;

/// <summary>Inclusion and consistency proofs (RFC 6962, 2.1.1 and 2.1.2), and their verification (RFC 9162, 2.1.3.2 and 2.1.4.2).</summary>
public static class TreeProofs
{
    /// <summary>No proof in a tree of at most 2^63 leaves has more hashes.</summary>
    public const int MaxHashes = 64;

    /// <summary>The head of the first <paramref name="size"/> leaves.</summary>
    public static MerkleHash Root(long size, NodeSource nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? TreeHasher.Empty : Head(0, size, nodes);
    }

    /// <summary>That leaf <paramref name="index"/> is in the tree of <paramref name="size"/> leaves; from the leaf's sibling upwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static IReadOnlyList<MerkleHash> Inclusion(long index, long size, NodeSource nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var proof = new List<MerkleHash>();
        for (long from = 0, to = size; to - from > 1;)
        {
            var middle = from + Split(to - from);
            if (index < middle)
            {
                proof.Add(Head(middle, to, nodes));
                to = middle;
            }
            else
            {
                proof.Add(Head(from, middle, nodes));
                from = middle;
            }
        }

        proof.Reverse();
        return proof;
    }

    /// <summary>That the tree of <paramref name="newSize"/> leaves begins with the tree of <paramref name="oldSize"/>. Nothing begins everything: its proof is empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The old size is negative or larger than the new one.</exception>
    public static IReadOnlyList<MerkleHash> Consistency(long oldSize, long newSize, NodeSource nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        var proof = new List<MerkleHash>();
        if (oldSize == 0 || oldSize == newSize)
        {
            return proof;
        }

        long from = 0, to = newSize;
        while (oldSize != to)
        {
            var middle = from + Split(to - from);
            if (oldSize <= middle)
            {
                proof.Add(Head(middle, to, nodes));
                to = middle;
            }
            else
            {
                proof.Add(Head(from, middle, nodes));
                from = middle;
            }
        }

        // RFC 6962: the subtree that the old tree is, is left out when it is the whole old tree.
        if (from != 0)
        {
            proof.Add(Head(from, to, nodes));
        }

        proof.Reverse();
        return proof;
    }

    public static bool VerifyInclusion(MerkleHash leafHash, long index, long size, IReadOnlyList<MerkleHash> proof, MerkleHash root)
    {
        if (index < 0 || index >= size || proof.Count > MaxHashes)
        {
            return false;
        }

        var (at, last) = (index, size - 1);
        var hash = leafHash;
        foreach (var sibling in proof)
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                hash = TreeHasher.Node(sibling, hash);
                (at, last) = SkipLeft(at, last);
            }
            else
            {
                hash = TreeHasher.Node(hash, sibling);
            }

            at >>= 1;
            last >>= 1;
        }

        return last == 0 && hash == root;
    }

    public static bool VerifyConsistency(long oldSize, MerkleHash oldRoot, long newSize, MerkleHash newRoot, IReadOnlyList<MerkleHash> proof)
    {
        if (oldSize < 0 || oldSize > newSize || proof.Count > MaxHashes)
        {
            return false;
        }

        if (oldSize == newSize)
        {
            return proof.Count == 0 && oldRoot == newRoot && (newSize > 0 || newRoot == TreeHasher.Empty);
        }

        if (oldSize == 0)
        {
            return proof.Count == 0 && oldRoot == TreeHasher.Empty;
        }

        var complete = BitOperations.IsPow2(oldSize);
        if (!complete && proof.Count == 0)
        {
            return false;
        }

        var (at, last) = (oldSize - 1, newSize - 1);
        while ((at & 1) == 1)
        {
            at >>= 1;
            last >>= 1;
        }

        var oldHash = complete ? oldRoot : proof[0];
        var newHash = oldHash;
        foreach (var sibling in complete ? proof : proof.Skip(1))
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                oldHash = TreeHasher.Node(sibling, oldHash);
                newHash = TreeHasher.Node(sibling, newHash);
                (at, last) = SkipLeft(at, last);
            }
            else
            {
                newHash = TreeHasher.Node(newHash, sibling);
            }

            at >>= 1;
            last >>= 1;
        }

        return last == 0 && oldHash == oldRoot && newHash == newRoot;
    }

    // On the right edge there are levels without a sibling: they are passed over.
    private static (long At, long Last) SkipLeft(long at, long last)
    {
        while ((at & 1) == 0 && at != 0)
        {
            at >>= 1;
            last >>= 1;
        }

        return (at, last);
    }

    // The head of leaves from..to, where from is a multiple of the next power of two: a right edge, or one complete subtree.
    private static MerkleHash Head(long from, long to, NodeSource nodes)
    {
        var count = to - from;
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            return nodes(level, from >> level);
        }

        var middle = from + Split(count);
        return TreeHasher.Node(Head(from, middle, nodes), Head(middle, to, nodes));
    }

    // RFC 6962: the largest power of two smaller than n.
    private static long Split(long count) => 1L << BitOperations.Log2((ulong)(count - 1));
}
