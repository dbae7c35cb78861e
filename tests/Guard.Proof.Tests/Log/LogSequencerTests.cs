using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Proof.Tests.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Log;

public sealed class LogSequencerTests
{
    [Fact]
    public void Integrate_ManySteps_SignsConsistentHeads()
    {
        using var log = MadeLog.Of(0, 1, 5, 250, 1, 300, 0);
        var heads = log.Notes.ConvertAll(note => Checkpoint.Open(note, TestKeys.Origin, [log.Signer.Verifier]));

        heads.Select(static head => head.Size).Should().Equal(0, 1, 6, 256, 257, 557, 557);
        var nodes = new TileReader(557, (id, _) => log.Tiles[id]);
        foreach (var head in heads)
        {
            TreeProofs.VerifyConsistency(head.Size, head.Root, 557, heads[^1].Root, TreeProofs.Consistency(head.Size, 557, nodes.Node)).Should().BeTrue();
        }
    }

    [Fact]
    public void Integrate_StoreChangedBehindIt_SignsNothing()
    {
        using var log = MadeLog.Of(300);
        // An old event, and the whole tree with it: the tree alone is sound, and a step that only looked at its right edge
        // would sign a second history.
        log.Events[7] = log.Make();
        log.RewriteTiles();

        var step = () => log.Step(1);

        step.Should().Throw<ProofRefusedException>().WithMessage("*was changed. Nothing is signed.");
    }

    [Fact]
    public void Integrate_StoreRolledBack_SignsNothing()
    {
        using var log = MadeLog.Of(300, 20);
        var newest = log.Notes[^1];
        log.Events.RemoveRange(300, 20);
        log.RewriteTiles();

        var step = () => log.Sequencer.Integrate(newest, (id, _) => log.Tiles[id], [log.Make().Leaf.Hash()]);

        step.Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void Integrate_CheckpointOfAnotherKeyOrLog_SignsNothing()
    {
        using var log = MadeLog.Of(3);
        using var stranger = TestKeys.Signer();
        var foreign = SignedNote.Sign(log.Notes[^1].Text, stranger);
        var other = SignedNote.Sign(new Checkpoint { Origin = "another", Size = 0, Root = TreeHasher.Empty }.ToText(), log.Signer);

        foreach (var last in new[] { foreign, other })
        {
            var step = () => log.Sequencer.Integrate(last, (id, _) => log.Tiles[id], []);

            step.Should().Throw<ProofRefusedException>();
        }
    }

    [Fact]
    public void Integrate_WithANewKey_ContinuesFromTheOldKeysCheckpoint()
    {
        using var log = MadeLog.Of(3);
        using var next = TestKeys.Signer();
        var rotating = new LogSequencer(TestKeys.Origin, [log.Signer, next], [log.Signer.Verifier, next.Verifier]);
        var step = rotating.Integrate(log.Notes[^1], (id, _) => log.Tiles[id], []);
        var alone = new LogSequencer(TestKeys.Origin, [next], [next.Verifier]);

        step.Note.VerifiedBy([log.Signer.Verifier, next.Verifier]).Should().HaveCount(2);
        alone.Integrate(step.Note, (id, _) => log.Tiles[id], []).Checkpoint.Should().BeEquivalentTo(step.Checkpoint);
    }
}
