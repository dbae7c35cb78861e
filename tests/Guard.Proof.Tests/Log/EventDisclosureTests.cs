using System.Text;
using Guard.Proof.Leaves;
using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Proof.Tests.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Log;

public sealed class EventDisclosureTests
{
    [Theory]
    [InlineData(77, true)]
    [InlineData(77, false)]
    [InlineData(78, true)]
    [InlineData(78, false)]
    public void Verify_ProofOfAnEvent_NeedsTheFileAndTheKeyAlone(int index, bool disclosed)
    {
        using var log = MadeLog.Of(5, 300);
        var file = Encoding.UTF8.GetBytes(Proof(log, index, disclosed).ToString());

        var (proven, head) = EventDisclosure.Verify(LogProof.Parse(file), TestKeys.Origin, [VerifierKey.Parse(log.Signer.Verifier.ToString())]);

        proven.Leaf.Should().Be(log.Events[index].Leaf);
        proven.IsDisclosed.Should().Be(disclosed);
        proven.Json.ToArray().Should().Equal(disclosed ? log.Events[index].Json.ToArray() : []);
        head.Size.Should().Be(305);
    }

    [Theory]
    [InlineData(77)]
    [InlineData(78)]
    public void Verify_ChangedEventLeafOrSalt_IsRefused(int index)
    {
        using var log = MadeLog.Of(300);
        var proof = Proof(log, index, disclosed: true);
        for (var at = 0; at < proof.Extra!.Value.Length; at++)
        {
            var extra = proof.Extra.Value.ToArray();
            extra[at] ^= 2;
            var verify = () => EventDisclosure.Verify(proof with { Extra = extra }, TestKeys.Origin, [log.Signer.Verifier]);

            verify.Should().Throw<Exception>().Which.Should().Match(static e => e is ProofRefusedException || e is ProofFormatException);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 49 - 1)]
    [InlineData(0, 49 + 1)]
    [InlineData(0, 49 + EventLeaf.SaltLength)]
    [InlineData(1, 49)]
    [InlineData(1, 51 + 1)]
    [InlineData(1, 51 + EventLeaf.SaltLength)]
    public void Parse_PartOfADisclosure_IsRefused(int index, int length)
    {
        using var log = MadeLog.Of(2);
        var extra = Proof(log, index, disclosed: true).Extra!.Value[..length];
        var parse = () => EventDisclosure.Parse(extra);

        parse.Should().Throw<ProofFormatException>();
    }

    private static LogProof Proof(MadeLog log, int index, bool disclosed)
    {
        var stored = log.Events[index];
        var disclosure = new EventDisclosure { Leaf = stored.Leaf, Salt = disclosed ? stored.Salt : default, Json = disclosed ? stored.Json : default };
        return new LogProof
        {
            Extra = disclosure.ToArray(),
            Index = index,
            Hashes = TreeProofs.Inclusion(index, log.Events.Count, new TileReader(log.Events.Count, (id, _) => log.Tiles[id]).Node),
            Checkpoint = log.Notes[^1],
        };
    }
}
