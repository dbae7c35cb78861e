using System.Security.Cryptography;

namespace Guard.Proof.Tree;

/// <summary>RFC 6962, 2.1: leaves and nodes are hashed with different first bytes, so that neither passes for the other.</summary>
public static class TreeHasher
{
    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    /// <summary>The head of the tree without leaves.</summary>
    public static MerkleHash Empty { get; } = new(SHA256.HashData([]));

    public static MerkleHash Leaf(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[MerkleHash.Length];
        if (data.Length < 256)
        {
            Span<byte> input = stackalloc byte[1 + data.Length];
            input[0] = LeafPrefix;
            data.CopyTo(input[1..]);
            SHA256.HashData(input, digest);
            return new MerkleHash(digest);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([LeafPrefix]);
        hash.AppendData(data);
        hash.GetHashAndReset(digest);
        return new MerkleHash(digest);
    }

    public static MerkleHash Node(MerkleHash left, MerkleHash right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * MerkleHash.Length];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + MerkleHash.Length)..]);
        Span<byte> digest = stackalloc byte[MerkleHash.Length];
        SHA256.HashData(input, digest);
        return new MerkleHash(digest);
    }
}
