using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Tree;

/// <summary>RFC 6962, 2.1, written down as it stands there: MTH, PATH and SUBPROOF over a list of leaf hashes.</summary>
internal static class NaiveTree
{
    public static List<MerkleHash> Leaves(int count) => [.. Enumerable.Range(0, count).Select(static i => TreeHasher.Leaf(BitConverter.GetBytes(i)))];

    public static MerkleHash Head(List<MerkleHash> leaves)
    {
        if (leaves.Count < 2)
        {
            return leaves.Count == 0 ? TreeHasher.Empty : leaves[0];
        }

        var k = Split(leaves.Count);
        return TreeHasher.Node(Head(leaves[..k]), Head(leaves[k..]));
    }

    public static List<MerkleHash> Path(int m, List<MerkleHash> leaves)
    {
        if (leaves.Count == 1)
        {
            return [];
        }

        var k = Split(leaves.Count);
        return m < k ? [.. Path(m, leaves[..k]), Head(leaves[k..])] : [.. Path(m - k, leaves[k..]), Head(leaves[..k])];
    }

    public static List<MerkleHash> Proof(int m, List<MerkleHash> leaves) => SubProof(m, leaves, true);

    /// <summary>Complete subtrees by definition.</summary>
    public static NodeSource Nodes(List<MerkleHash> leaves) => (level, index) => Head(leaves.GetRange((int)(index << level), 1 << level));

    private static List<MerkleHash> SubProof(int m, List<MerkleHash> leaves, bool whole)
    {
        if (m == leaves.Count)
        {
            return whole ? [] : [Head(leaves)];
        }

        var k = Split(leaves.Count);
        return m <= k ? [.. SubProof(m, leaves[..k], whole), Head(leaves[k..])] : [.. SubProof(m - k, leaves[k..], false), Head(leaves[..k])];
    }

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }
}
