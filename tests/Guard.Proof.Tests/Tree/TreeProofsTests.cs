using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Tree;

public sealed class TreeProofsTests
{
    private const int Sizes = 70;
    private static readonly List<MerkleHash> s_leaves = NaiveTree.Leaves(Sizes);
    private static readonly List<MerkleHash> s_heads = [.. Enumerable.Range(0, Sizes + 1).Select(static size => NaiveTree.Head(s_leaves[..size]))];

    [Fact]
    public void Inclusion_EveryLeafOfEverySize_IsTheNaiveProofAndVerifies()
    {
        for (var size = 1; size <= Sizes; size++)
        {
            var tree = s_leaves[..size];
            for (var index = 0; index < size; index++)
            {
                var proof = TreeProofs.Inclusion(index, size, NaiveTree.Nodes(tree));

                proof.Should().Equal(NaiveTree.Path(index, tree));
                TreeProofs.VerifyInclusion(s_leaves[index], index, size, proof, s_heads[size]).Should().BeTrue();
            }
        }
    }

    [Fact]
    public void Consistency_EveryPairOfSizes_IsTheNaiveProofAndVerifies()
    {
        for (var size = 1; size <= Sizes; size++)
        {
            var tree = s_leaves[..size];
            for (var old = 1; old <= size; old++)
            {
                var proof = TreeProofs.Consistency(old, size, NaiveTree.Nodes(tree));

                proof.Should().Equal(NaiveTree.Proof(old, tree));
                TreeProofs.VerifyConsistency(old, s_heads[old], size, s_heads[size], proof).Should().BeTrue();
            }
        }
    }

    [Fact]
    public void VerifyInclusion_AnythingElse_IsFalse()
    {
        var random = new Random(6962);
        for (var i = 0; i < TestRuns.Times(3_000); i++)
        {
            var size = random.Next(1, Sizes + 1);
            var index = random.Next(size);
            var proof = NaiveTree.Path(index, s_leaves[..size]).ToList();
            var (leaf, at, of, root) = (s_leaves[index], (long)index, (long)size, s_heads[size]);
            switch (random.Next(7))
            {
                case 0:
                    leaf = s_leaves[(index + 1 + random.Next(Sizes - 1)) % Sizes];
                    break;
                case 1:
                    // Another index of the same tree; an index outside of it.
                    at = index + random.Next(1, 2 * size);
                    break;
                case 2:
                    root = s_heads[(size + 1 + random.Next(Sizes)) % (Sizes + 1)];
                    break;
                case 3 when proof.Count > 0:
                    proof.RemoveAt(random.Next(proof.Count));
                    break;
                case 4:
                    proof.Insert(random.Next(proof.Count + 1), s_leaves[random.Next(Sizes)]);
                    break;
                case 5 when proof.Count > 0:
                    proof[random.Next(proof.Count)] = TreeHasher.Leaf([1, 2, 3]);
                    break;
                default:
                    at = -1;
                    break;
            }

            TreeProofs.VerifyInclusion(leaf, at, of, proof, root).Should().BeFalse();
        }
    }

    [Fact]
    public void VerifyConsistency_AnythingElse_IsFalse()
    {
        var random = new Random(9162);
        for (var i = 0; i < TestRuns.Times(3_000); i++)
        {
            var size = random.Next(2, Sizes + 1);
            var old = random.Next(1, size);
            var proof = NaiveTree.Proof(old, s_leaves[..size]).ToList();
            var (from, oldRoot, newRoot) = (old, s_heads[old], s_heads[size]);
            switch (random.Next(6))
            {
                case 0:
                    oldRoot = s_heads[(old + 1 + random.Next(Sizes)) % (Sizes + 1)];
                    break;
                case 1:
                    newRoot = s_heads[(size + 1 + random.Next(Sizes)) % (Sizes + 1)];
                    break;
                case 2:
                    proof.RemoveAt(random.Next(proof.Count));
                    break;
                case 3:
                    proof.Insert(random.Next(proof.Count + 1), s_leaves[random.Next(Sizes)]);
                    break;
                case 4:
                    proof[random.Next(proof.Count)] = TreeHasher.Leaf([1, 2, 3]);
                    break;
                default:
                    from = size + 1;
                    break;
            }

            TreeProofs.VerifyConsistency(from, oldRoot, size, newRoot, proof).Should().BeFalse();
        }
    }

    [Fact]
    public void VerifyConsistency_EmptyAndEqualTrees_ArePrecise()
    {
        TreeProofs.VerifyConsistency(0, TreeHasher.Empty, 3, s_heads[3], []).Should().BeTrue();
        TreeProofs.VerifyConsistency(0, s_heads[1], 3, s_heads[3], []).Should().BeFalse();
        TreeProofs.VerifyConsistency(0, s_heads[1], 0, s_heads[1], []).Should().BeFalse();
        TreeProofs.VerifyConsistency(3, s_heads[3], 3, s_heads[3], []).Should().BeTrue();
        TreeProofs.VerifyConsistency(3, s_heads[3], 3, s_heads[4], []).Should().BeFalse();
        TreeProofs.VerifyConsistency(3, s_heads[3], 3, s_heads[3], [s_heads[1]]).Should().BeFalse();
        TreeProofs.VerifyConsistency(3, s_heads[3], 4, s_heads[4], []).Should().BeFalse();
        TreeProofs.VerifyConsistency(4, s_heads[4], 3, s_heads[3], []).Should().BeFalse();
    }

    [Fact]
    public void Verify_HugeSizesAndProofs_EndAndAreFalse()
    {
        var proof = Enumerable.Repeat(s_heads[1], TreeProofs.MaxHashes + 1).ToList();

        TreeProofs.VerifyInclusion(s_leaves[0], long.MaxValue - 1, long.MaxValue, proof, s_heads[1]).Should().BeFalse();
        TreeProofs.VerifyInclusion(s_leaves[0], long.MaxValue - 1, long.MaxValue, proof[..63], s_heads[1]).Should().BeFalse();
        TreeProofs.VerifyConsistency(1, s_heads[1], long.MaxValue, s_heads[1], proof).Should().BeFalse();
        TreeProofs.VerifyConsistency(long.MaxValue - 1, s_heads[1], long.MaxValue, s_heads[1], proof[..63]).Should().BeFalse();
    }
}
