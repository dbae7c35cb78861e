using System.Security.Cryptography;
using Guard.Proof.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Notes;

internal static class TestKeys
{
    public const string Origin = "guard.example/audit";

    public static NoteSigner Signer(string name = Origin) => new(name, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static SignedNote SignedCheckpoint(NoteSigner signer, long size, MerkleHash root) =>
        SignedNote.Sign(new Checkpoint { Origin = Origin, Size = size, Root = root }.ToText(), signer);
}
