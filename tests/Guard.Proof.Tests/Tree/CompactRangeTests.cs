using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Tree;

public sealed class CompactRangeTests
{
    [Fact]
    public void Append_StoppedAndContinuedAnywhere_HasTheNaiveHead()
    {
        var leaves = NaiveTree.Leaves(130);
        var range = new CompactRange();
        for (var size = 0; size < leaves.Count; size++)
        {
            range.Root().Should().Be(NaiveTree.Head(leaves[..size]));
            range = new CompactRange(range.Size, [.. range.Hashes]);
            range.Append(leaves[size]);
            range.Size.Should().Be(size + 1);
        }
    }

    [Fact]
    public void CompactRange_WrongNumberOfHashes_IsRefused()
    {
        var create = () => new CompactRange(3, [TreeHasher.Empty]);

        create.Should().Throw<ArgumentException>();
    }
}
