using System.Text;
using Guard.Proof.Notes;

namespace Guard.Proof.Tests.Notes;

/// <summary>From a key that somebody trusts to the one that signs now.</summary>
public sealed class KeyEndorsementTests : IDisposable
{
    private readonly NoteSigner[] _keys = [.. Enumerable.Range(0, 4).Select(_ => TestKeys.Signer())];

    [Fact]
    public void Follow_FromTheFirstKey_ReachesTheNewest() =>
        KeyEndorsement.Follow([_keys[0].Verifier], [Vouch(0, 1), Vouch(1, 2), Vouch(2, 3)]).Should().Equal(_keys.Select(key => key.Verifier));

    [Fact]
    public void Follow_FromALaterKey_DoesNotTrustThoseBefore() =>
        KeyEndorsement.Follow([_keys[2].Verifier], [Vouch(0, 1), Vouch(1, 2), Vouch(2, 3)]).Should().Equal(_keys[2].Verifier, _keys[3].Verifier);

    [Fact]
    public void Follow_OfAnEndorsementByNobodyKnown_TrustsNothingMore() =>
        KeyEndorsement.Follow([_keys[0].Verifier], [Vouch(1, 2)]).Should().Equal(_keys[0].Verifier);

    [Fact]
    public void Follow_OfAChangedEndorsement_IsRefused()
    {
        var text = Vouch(0, 1).ToString().Replace(_keys[1].Verifier.ToString(), _keys[2].Verifier.ToString(), StringComparison.Ordinal);

        var follow = () => KeyEndorsement.Follow([_keys[0].Verifier], [SignedNote.Parse(Encoding.UTF8.GetBytes(text))]);

        follow.Should().Throw<BadSignatureException>();
    }

    /// <summary>A checkpoint is a note by the same key: it must not pass for an endorsement, nor one for the other.</summary>
    [Fact]
    public void Follow_OfASignedCheckpoint_IsRefused()
    {
        var note = TestKeys.SignedCheckpoint(_keys[0], 0, Guard.Proof.Tree.TreeHasher.Empty);

        ((Action)(() => KeyEndorsement.Follow([_keys[0].Verifier], [note]))).Should().Throw<ProofFormatException>();
        ((Action)(() => Checkpoint.Parse(Vouch(0, 1).Text))).Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void Sign_OfAKeyOfAnotherLog_IsRefused()
    {
        using var other = TestKeys.Signer("other.example/audit");

        ((Action)(() => KeyEndorsement.Sign(other.Verifier, _keys[0]))).Should().Throw<ProofFormatException>();
    }

    public void Dispose() => Array.ForEach(_keys, static key => key.Dispose());

    private SignedNote Vouch(int by, int next) => KeyEndorsement.Sign(_keys[next].Verifier, _keys[by]);
}
