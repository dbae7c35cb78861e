using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Tree;

public sealed class TileTests
{
    [Fact]
    public void TileWriter_AppendedInRandomGroupsByNewWriters_StoresTheTree()
    {
        var random = new Random(256);
        var leaves = NaiveTree.Leaves(70_000);
        var stored = new Dictionary<TileId, ReadOnlyMemory<byte>>();
        var range = new CompactRange();
        for (var size = 0; size < leaves.Count;)
        {
            var writer = new TileWriter(size, (id, _) => stored[id]);
            var group = Math.Min(random.Next(1, random.Next(10) == 0 ? 2_000 : 300), leaves.Count - size);
            for (var i = 0; i < group; i++)
            {
                writer.Append(leaves[size + i]);
                range.Append(leaves[size + i]);
            }

            size += group;
            writer.Size.Should().Be(size);
            foreach (var tile in writer.TakeChanged())
            {
                if (stored.TryGetValue(tile.Id, out var earlier))
                {
                    tile.Hashes.Span.StartsWith(earlier.Span).Should().BeTrue("a tile only grows");
                }

                stored[tile.Id] = tile.Hashes;
            }

            writer.TakeChanged().Should().BeEmpty();
            new TileReader(size, (id, _) => stored[id]).Root().Should().Be(range.Root());
        }

        foreach (var (id, hashes) in stored)
        {
            (hashes.Length / MerkleHash.Length).Should().Be(Tile.WidthAt(id, leaves.Count));
        }
    }

    [Fact]
    public void TileReader_ProofsOfAnOlderSize_VerifyFromTilesOfALargerTree()
    {
        var random = new Random(1);
        var leaves = NaiveTree.Leaves(3_000);
        var stored = Store(leaves);
        for (var i = 0; i < TestRuns.Times(50); i++)
        {
            var size = random.Next(1, leaves.Count + 1);
            var index = random.Next(size);
            var old = random.Next(1, size + 1);
            var nodes = new TileReader(size, (id, _) => stored[id]);

            TreeProofs.VerifyInclusion(leaves[index], index, size, TreeProofs.Inclusion(index, size, nodes.Node), NaiveTree.Head(leaves[..size])).Should().BeTrue();
            TreeProofs.VerifyConsistency(old, NaiveTree.Head(leaves[..old]), size, NaiveTree.Head(leaves[..size]), TreeProofs.Consistency(old, size, nodes.Node)).Should().BeTrue();
        }
    }

    [Fact]
    public void TileReader_ProofInALargeTree_FetchesAFewTiles()
    {
        var leaves = NaiveTree.Leaves(70_000);
        var stored = Store(leaves);
        var fetched = new List<TileId>();
        var nodes = new TileReader(leaves.Count, (id, _) =>
        {
            fetched.Add(id);
            return stored[id];
        });

        TreeProofs.Inclusion(12_345, leaves.Count, nodes.Node).Should().HaveCountGreaterThan(10);

        fetched.Should().OnlyHaveUniqueItems().And.HaveCountLessThan(8);
    }

    [Fact]
    public void TileReader_ShortTile_IsRefused()
    {
        var stored = Store(NaiveTree.Leaves(10));
        var root = () => new TileReader(11, (id, _) => stored[id]).Root();

        root.Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void TileWriter_ShortTile_IsRefused()
    {
        var stored = Store(NaiveTree.Leaves(10));
        var create = () => new TileWriter(11, (id, _) => stored[id]);

        create.Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void Node_OutsideOfTheTree_IsRefused()
    {
        var stored = Store(NaiveTree.Leaves(10));
        var node = () => new TileReader(10, (id, _) => stored[id]).Node(3, 1);

        node.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static Dictionary<TileId, ReadOnlyMemory<byte>> Store(List<MerkleHash> leaves)
    {
        var writer = new TileWriter(0, static (_, _) => default);
        leaves.ForEach(writer.Append);
        return writer.TakeChanged().ToDictionary(static tile => tile.Id, static tile => tile.Hashes);
    }
}
