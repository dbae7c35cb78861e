using System.Text;
using Guard.Proof.Notes;
using Guard.Proof.Tests.Tree;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Notes;

public sealed class LogProofTests
{
    private static readonly List<MerkleHash> s_leaves = NaiveTree.Leaves(11);

    [Fact]
    public void Verify_ProofThroughItsText_LeadsToTheCheckpoint()
    {
        using var signer = TestKeys.Signer();
        for (var index = 0; index < s_leaves.Count; index++)
        {
            var proof = LogProof.Parse(Encoding.UTF8.GetBytes(Make(signer, index).ToString()));

            proof.Index.Should().Be(index);
            Encoding.UTF8.GetString(proof.Extra!.Value.Span).Should().Be("extra");
            proof.Verify(s_leaves[index], TestKeys.Origin, [signer.Verifier]).Size.Should().Be(s_leaves.Count);
        }
    }

    // C2SP tlog-proof.md, "Format": line by line.
    [Fact]
    public void ToString_Proof_HasTheLinesOfTheSpecification()
    {
        using var signer = TestKeys.Signer();
        var proof = new LogProof { Index = 0, Hashes = [s_leaves[1]], Checkpoint = TestKeys.SignedCheckpoint(signer, 2, NaiveTree.Head(s_leaves[..2])) };

        var lines = proof.ToString().Split('\n');
        lines[..4].Should().Equal("c2sp.org/tlog-proof@v1", "index 0", s_leaves[1].ToBase64(), "");
        lines[4].Should().Be(TestKeys.Origin);
        (proof with { Extra = new byte[] { 1 } }).ToString().Split('\n')[1].Should().Be("extra AQ==");
    }

    [Fact]
    public void Verify_AnotherLeafIndexKeyOrLog_IsRefused()
    {
        using var signer = TestKeys.Signer();
        using var stranger = TestKeys.Signer();
        var proof = Make(signer, 4);
        Action[] refused =
        [
            () => proof.Verify(s_leaves[5], TestKeys.Origin, [signer.Verifier]),
            () => (proof with { Index = 5 }).Verify(s_leaves[4], TestKeys.Origin, [signer.Verifier]),
            () => (proof with { Index = long.MaxValue }).Verify(s_leaves[4], TestKeys.Origin, [signer.Verifier]),
            () => (proof with { Hashes = [] }).Verify(s_leaves[4], TestKeys.Origin, [signer.Verifier]),
            () => proof.Verify(s_leaves[4], TestKeys.Origin, [stranger.Verifier]),
            () => proof.Verify(s_leaves[4], TestKeys.Origin, []),
            () => proof.Verify(s_leaves[4], "another", [signer.Verifier]),
        ];
        foreach (var verify in refused)
        {
            verify.Should().Throw<ProofRefusedException>();
        }
    }

    [Fact]
    public void Parse_NoProof_IsRefused()
    {
        using var signer = TestKeys.Signer();
        var note = TestKeys.SignedCheckpoint(signer, 1, s_leaves[0]).ToString();
        var hash = s_leaves[0].ToBase64();
        string[] refused =
        [
            "",
            note,
            $"c2sp.org/tlog-proof@v2\nindex 0\n\n{note}",
            $"c2sp.org/tlog-proof@v1\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex 0\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex 00\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex -1\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex  0\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex 0\nextra AAAA\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nextra AAA\nindex 0\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 0\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex 0\n{hash} \n\n{note}",
            $"c2sp.org/tlog-proof@v1\nindex 0\n" + string.Concat(Enumerable.Repeat(hash + "\n", TreeProofs.MaxHashes + 1)) + $"\n{note}",
            $"c2sp.org/tlog-proof@v1\r\nindex 0\n\n{note}",
            "c2sp.org/tlog-proof@v1\nindex 0\n\n",
            "c2sp.org/tlog-proof@v1\nindex 0\n\ntext\n",
        ];
        foreach (var text in refused)
        {
            var parse = () => LogProof.Parse(Encoding.UTF8.GetBytes(text));

            parse.Should().Throw<ProofFormatException>(text);
        }
    }

    [Fact]
    public void Parse_DamagedProof_IsRefusedOrWrittenAsItIsAndProvesNothingElse()
    {
        using var signer = TestKeys.Signer();
        var seed = Encoding.UTF8.GetBytes(Make(signer, 4).ToString());
        var random = new Random(5);
        for (var i = 0; i < TestRuns.Times(5_000); i++)
        {
            var input = Mutations.Of(seed, random);
            try
            {
                var proof = LogProof.Parse(input);
                Encoding.UTF8.GetBytes(proof.ToString()).Should().Equal(input);
                proof.Verify(s_leaves[4], TestKeys.Origin, [signer.Verifier]);
                proof.Index.Should().Be(4);
                proof.Hashes.Should().Equal(Make(signer, 4).Hashes);
            }
            catch (Exception exception) when (exception is ProofFormatException or ProofRefusedException or BadSignatureException)
            {
                // The other right answers.
            }
        }
    }

    private static LogProof Make(NoteSigner signer, int index) => new()
    {
        Extra = Encoding.UTF8.GetBytes("extra"),
        Index = index,
        Hashes = NaiveTree.Path(index, s_leaves),
        Checkpoint = TestKeys.SignedCheckpoint(signer, s_leaves.Count, NaiveTree.Head(s_leaves)),
    };
}
