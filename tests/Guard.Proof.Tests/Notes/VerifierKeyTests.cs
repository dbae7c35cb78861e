using System.Buffers.Binary;
using System.Security.Cryptography;
using Guard.Proof.Notes;

namespace Guard.Proof.Tests.Notes;

public sealed class VerifierKeyTests
{
    [Fact]
    public void Parse_WrittenKey_IsTheSameKey()
    {
        using var signer = TestKeys.Signer();

        VerifierKey.Parse(signer.Verifier.ToString()).Should().Be(signer.Verifier);
    }

    // C2SP signed-note.md, type 0x02: "the truncated SHA-256 hash of the DER encoded public key in SPKI format".
    [Fact]
    public void KeyId_EcdsaKey_IsOfTheKeyAloneAndNotOfItsName()
    {
        using var signer = TestKeys.Signer();

        signer.Verifier.KeyId.Should().Be(BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(signer.Verifier.Spki.Span)));
        VerifierKey.FromSpki("another", signer.Verifier.Spki.Span).KeyId.Should().Be(signer.Verifier.KeyId);
    }

    [Fact]
    public void Parse_NoKey_IsRefused()
    {
        using var signer = TestKeys.Signer("a");
        var text = signer.Verifier.ToString();
        var parts = text.Split('+', 3);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        string[] refused =
        [
            "",
            "a",
            "a+b",
            $"a b+{parts[1]}+{parts[2]}",
            $"+{parts[1]}+{parts[2]}",
            $"a+{parts[1].ToUpperInvariant()}x+{parts[2]}",
            $"a+00000000+{parts[2]}",
            $"a+{parts[1]}+{parts[2][..^4]}",
            $"a+{parts[1]}+{parts[2]}AAAA",
            $"a+{parts[1]}+AA==",
            $"a+{parts[1]}+",
            Text(p384.ExportSubjectPublicKeyInfo()),
            Text(rsa.ExportSubjectPublicKeyInfo()),
            Text([.. signer.Verifier.Spki.Span, 0]),
            new string('a', 2000),
        ];
        foreach (var key in refused)
        {
            var parse = () => VerifierKey.Parse(key);

            parse.Should().Throw<ProofFormatException>(key);
        }
    }

    // The same curve written out as explicit parameters is another encoding of a key: it would be a second id for it.
    [Fact]
    public void FromSpki_ExplicitParameters_IsRefused()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var explicitKey = ECDsa.Create(signer.ExportExplicitParameters(includePrivateParameters: false));
        var create = () => VerifierKey.FromSpki("a", explicitKey.ExportSubjectPublicKeyInfo());

        create.Should().Throw<ProofFormatException>();
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData("a\u2003b")]
    [InlineData("a\u001bb")]
    public void FromSpki_NameThatIsNoKeys_IsRefused(string name)
    {
        var create = () => TestKeys.Signer(name);

        create.Should().Throw<ProofFormatException>();
    }

    private static string Text(byte[] spki) =>
        $"a+{BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(spki)):x8}+{Convert.ToBase64String([VerifierKey.EcdsaType, .. spki])}";
}
