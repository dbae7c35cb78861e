using System.Text.Json;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Tree;

/// <summary>Published values of the certificate-transparency test leaves, here and in the shared vectors.</summary>
public sealed class TreeVectorTests
{
    // The leaves and heads of the certificate-transparency reference tests; the head of size 0 is SHA-256 of nothing.
    private static readonly string[] s_leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    private static readonly string[] s_heads =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void CompactRange_ReferenceLeaves_HasThePublishedHeads()
    {
        var range = new CompactRange();
        range.Root().ToString().Should().Be(s_heads[0]);
        for (var i = 0; i < s_leaves.Length; i++)
        {
            range.Append(TreeHasher.Leaf(Convert.FromHexString(s_leaves[i])));
            range.Root().ToString().Should().Be(s_heads[i + 1]);
        }
    }

    [Fact]
    public void SharedVectors_LeavesAndHeads_AreOurs()
    {
        var vectors = SharedVectors.Json();
        var range = new CompactRange();
        var heads = vectors.GetProperty("root_by_size_hex").EnumerateArray().Select(static head => head.GetString()).ToList();
        var leaves = vectors.GetProperty("leaf_inputs_hex").EnumerateArray().ToList();
        var hashes = vectors.GetProperty("leaf_hashes_hex").EnumerateArray().ToList();
        range.Root().ToString().Should().Be(heads[0]);
        for (var i = 0; i < leaves.Count; i++)
        {
            var leaf = TreeHasher.Leaf(Convert.FromHexString(leaves[i].GetString()!));
            leaf.ToString().Should().Be(hashes[i].GetString());
            range.Append(leaf);
            range.Root().ToString().Should().Be(heads[i + 1]);
        }
    }

    [Fact]
    public void SharedVectors_InclusionProofs_AreOursAndVerify()
    {
        var leaves = Leaves();
        var checkedProofs = 0;
        foreach (var vector in SharedVectors.Json().GetProperty("inclusion").EnumerateArray())
        {
            var (index, size, proof) = (vector.GetProperty("index").GetInt32(), vector.GetProperty("size").GetInt32(), Hashes(vector));
            var tree = leaves[..size];

            TreeProofs.Inclusion(index, size, NaiveTree.Nodes(tree)).Should().Equal(proof);
            TreeProofs.VerifyInclusion(leaves[index], index, size, proof, NaiveTree.Head(tree)).Should().BeTrue();
            checkedProofs++;
        }

        checkedProofs.Should().BeGreaterThan(10);
    }

    [Fact]
    public void SharedVectors_ConsistencyProofs_AreOursAndVerify()
    {
        var leaves = Leaves();
        var checkedProofs = 0;
        foreach (var vector in SharedVectors.Json().GetProperty("consistency").EnumerateArray())
        {
            var (old, size, proof) = (vector.GetProperty("old").GetInt32(), vector.GetProperty("new").GetInt32(), Hashes(vector));

            TreeProofs.Consistency(old, size, NaiveTree.Nodes(leaves[..size])).Should().Equal(proof);
            TreeProofs.VerifyConsistency(old, NaiveTree.Head(leaves[..old]), size, NaiveTree.Head(leaves[..size]), proof).Should().BeTrue();
            checkedProofs++;
        }

        checkedProofs.Should().BeGreaterThan(10);
    }

    // "70000-leaf tree" of the shared vectors: 273 full level-0 tiles and one of 112; 1 full level-1 and one of 17; level 2 of 1.
    [Fact]
    public void WidthAt_TreeOf70000Leaves_CutsItAsTheTilesSpecificationDoes()
    {
        SharedVectors.Json().GetProperty("tile_path_examples").GetProperty("70000-leaf tree").GetString().Should()
            .Be("273 full level-0 tiles + partial width 112; 1 full level-1 + partial 17; level-2 partial 1");
        Tile.WidthAt(new TileId(0, 272), 70000).Should().Be(256);
        Tile.WidthAt(new TileId(0, 273), 70000).Should().Be(112);
        Tile.WidthAt(new TileId(0, 274), 70000).Should().Be(0);
        Tile.WidthAt(new TileId(1, 0), 70000).Should().Be(256);
        Tile.WidthAt(new TileId(1, 1), 70000).Should().Be(17);
        Tile.WidthAt(new TileId(2, 0), 70000).Should().Be(1);
        Tile.WidthAt(new TileId(3, 0), 70000).Should().Be(0);
    }

    private static List<MerkleHash> Leaves() =>
        [.. SharedVectors.Json().GetProperty("leaf_inputs_hex").EnumerateArray().Select(static leaf => TreeHasher.Leaf(Convert.FromHexString(leaf.GetString()!)))];

    private static List<MerkleHash> Hashes(JsonElement vector) =>
        [.. vector.GetProperty("proof_hex").EnumerateArray().Select(static hash => new MerkleHash(Convert.FromHexString(hash.GetString()!)))];
}
