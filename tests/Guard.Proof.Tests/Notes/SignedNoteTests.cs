using System.Text;
using Guard.Proof.Notes;

namespace Guard.Proof.Tests.Notes;

public sealed class SignedNoteTests
{
    // C2SP signed-note.md, "Format".
    private const string SpecificationNote =
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

    [Fact]
    public void Parse_NoteOfTheSpecification_IsReadAndWrittenAsItIs()
    {
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(SpecificationNote));

        note.Text.Should().Be("Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n");
        note.Signatures.Should().ContainSingle().Which.Should().Match<NoteSignature>(static s => s.Name == "quasimodo.example/salvatore" && s.KeyId == 0x367ba04b && s.Bytes.Length == 64);
        note.ToString().Should().Be(SpecificationNote);
    }

    [Fact]
    public void SharedVectors_EcdsaNote_VerifiesAndAnyChangeDoesNot()
    {
        var file = SharedVectors.Read("ecdsa-note-example.txt");
        var cut = file.IndexOf("\n\n", StringComparison.Ordinal);
        var key = VerifierKey.Parse(file[..cut]);
        var text = file[(cut + 2)..];

        key.KeyId.Should().Be(0xe15ea013);
        key.ToString().Should().Be(file[..cut]);
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(text));
        note.VerifiedBy([key]).Should().Equal(key);
        Checkpoint.Open(note, TestKeys.Origin, [key]).Size.Should().Be(8);

        var changed = SignedNote.Parse(Encoding.UTF8.GetBytes(text.Replace("\n8\n", "\n9\n", StringComparison.Ordinal)));
        var verify = () => changed.VerifiedBy([key]);
        verify.Should().Throw<BadSignatureException>().Which.Key.Should().Be(key);
    }

    // The Ed25519 note of the shared vectors: a kind of key that is passed over.
    [Fact]
    public void SharedVectors_NoteOfAnUnknownKind_IsReadAndNotVerified()
    {
        var example = SharedVectors.Json().GetProperty("note_example");
        var text = example.GetProperty("note").GetString()!;
        using var signer = TestKeys.Signer("example.com/foo");

        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(text));

        note.ToString().Should().Be(text);
        note.Signatures[0].KeyId.Should().Be(0x530d903a);
        note.VerifiedBy([signer.Verifier]).Should().BeEmpty();
        var parse = () => VerifierKey.Parse(example.GetProperty("vkey").GetString()!);
        parse.Should().Throw<ProofFormatException>().WithMessage("*type 0x01*");
    }

    [Fact]
    public void Sign_OldAndNewKey_IsVerifiedByWhoeverKnowsEither()
    {
        using var old = TestKeys.Signer();
        using var current = TestKeys.Signer();
        using var stranger = TestKeys.Signer();

        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(SignedNote.Sign("text\n", old, current).ToString()));

        note.VerifiedBy([old.Verifier]).Should().Equal(old.Verifier);
        note.VerifiedBy([current.Verifier]).Should().Equal(current.Verifier);
        note.VerifiedBy([current.Verifier, old.Verifier]).Should().BeEquivalentTo([old.Verifier, current.Verifier]);
        note.VerifiedBy([stranger.Verifier]).Should().BeEmpty();
    }

    [Fact]
    public void VerifiedBy_OneOfTwoSignaturesForged_RefusesTheNote()
    {
        using var one = TestKeys.Signer("one");
        using var two = TestKeys.Signer("two");
        var good = SignedNote.Sign("text\n", one, two);
        var other = SignedNote.Sign("other\n", two);
        var forged = SignedNote.Parse(Encoding.UTF8.GetBytes($"{good.Text}\n{good.Signatures[0]}\n{other.Signatures[0]}\n"));

        var verify = () => forged.VerifiedBy([one.Verifier, two.Verifier]);

        verify.Should().Throw<BadSignatureException>().Which.Key.Should().Be(two.Verifier);
        forged.VerifiedBy([one.Verifier]).Should().Equal(one.Verifier);
    }

    // C2SP signed-note.md: ignored are keys "even if they share a name or ID (but not both) with a known key".
    [Fact]
    public void VerifiedBy_SameKeyUnderAnotherName_IsPassedOver()
    {
        using var signer = TestKeys.Signer();
        var note = SignedNote.Sign("text\n", signer);

        note.VerifiedBy([VerifierKey.FromSpki("another", signer.Verifier.Spki.Span)]).Should().BeEmpty();
    }

    [Fact]
    public void VerifiedBy_SignatureThatIsNoDer_IsAForgery()
    {
        using var signer = TestKeys.Signer();
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes($"text\n\n{new NoteSignature(TestKeys.Origin, signer.Verifier.KeyId, new byte[] { 1, 2, 3 })}\n"));

        var verify = () => note.VerifiedBy([signer.Verifier]);

        verify.Should().Throw<BadSignatureException>();
    }

    [Theory]
    [InlineData("", "nothing")]
    [InlineData("text\n", "no signature")]
    [InlineData("text\n\n", "no signature after the empty line")]
    [InlineData("text\n— a AAAAAAE=\n", "no empty line")]
    [InlineData("text\n\n— a AAAAAAE=", "no last newline")]
    [InlineData("text\n\n- a AAAAAAE=\n", "a hyphen")]
    [InlineData("text\n\n—a AAAAAAE=\n", "no space")]
    [InlineData("text\n\n— a\n", "no signature in the line")]
    [InlineData("text\n\n—  AAAAAAE=\n", "no name")]
    [InlineData("text\n\n— a+b AAAAAAE=\n", "a plus sign in the name")]
    [InlineData("text\n\n— a\u00a0b AAAAAAE=\n", "a space of another kind in the name")]
    [InlineData("text\n\n— a AAAAAAF=\n", "unused bits of the base64 that are not zero")]
    [InlineData("text\n\n— a AAAAAAE\n", "no padding")]
    [InlineData("text\n\n— a AAAA AAE=\n", "a space in the base64")]
    [InlineData("text\n\n— a AAAAAA==\n", "a key id and nothing else")]
    [InlineData("text\n\n— a AAAAAAE= \n", "a space at the end")]
    [InlineData("te\txt\n\n— a AAAAAAE=\n", "a tab")]
    [InlineData("text\r\n\n— a AAAAAAE=\n", "a carriage return")]
    [InlineData("text\n\n— a AAAAAAE=\ntext\n", "something after the signatures")]
    public void Parse_NoNote_IsRefused(string text, string why)
    {
        var parse = () => SignedNote.Parse(Encoding.UTF8.GetBytes(text));

        parse.Should().Throw<ProofFormatException>(why);
    }

    [Fact]
    public void Parse_BeyondItsLimits_IsRefused()
    {
        var most = "text\n\n" + string.Concat(Enumerable.Repeat("— a AAAAAAE=\n", SignedNote.MaxSignatures));
        SignedNote.Parse(Encoding.UTF8.GetBytes(most)).Signatures.Should().HaveCount(SignedNote.MaxSignatures);

        var tooMany = () => SignedNote.Parse(Encoding.UTF8.GetBytes(most + "— a AAAAAAE=\n"));
        var tooLong = () => SignedNote.Parse(Encoding.UTF8.GetBytes(new string('a', 1 << 20) + most));
        var notUtf8 = () => SignedNote.Parse([.. "text"u8, 0xff, .. "\n\n— a AAAAAAE=\n"u8]);
        tooMany.Should().Throw<ProofFormatException>();
        tooLong.Should().Throw<ProofFormatException>();
        notUtf8.Should().Throw<ProofFormatException>();
    }

    [Theory]
    [InlineData("no newline")]
    [InlineData("tab\t\n")]
    public void Sign_TextThatIsNoNotes_IsRefused(string text)
    {
        using var signer = TestKeys.Signer();
        var sign = () => SignedNote.Sign(text, signer);

        sign.Should().Throw<ProofFormatException>();
    }

    // Not a row of the table above: attributes are stored as UTF-8, which has no lone surrogate.
    [Fact]
    public void Sign_TextWithALoneSurrogate_IsRefused()
    {
        using var signer = TestKeys.Signer();
        var sign = () => SignedNote.Sign("lone \ud800 surrogate\n", signer);

        sign.Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void Parse_DamagedNote_IsRefusedOrWrittenAsItIs()
    {
        using var signer = TestKeys.Signer();
        var seed = Encoding.UTF8.GetBytes(SignedNote.Sign("a\n\nb\n", signer, signer).ToString());
        var random = new Random(2);
        for (var i = 0; i < TestRuns.Times(10_000); i++)
        {
            var input = Mutations.Of(seed, random);
            try
            {
                Encoding.UTF8.GetBytes(SignedNote.Parse(input).ToString()).Should().Equal(input, "a note that is taken has one spelling");
            }
            catch (ProofFormatException)
            {
                // The other right answer.
            }
        }
    }

    [Fact]
    public void VerifiedBy_DamagedNote_NeverVouchesForAnotherText()
    {
        using var signer = TestKeys.Signer();
        var original = SignedNote.Sign("guard.example/audit\n8\n", signer);
        var seed = Encoding.UTF8.GetBytes(original.ToString());
        var random = new Random(3);
        for (var i = 0; i < TestRuns.Times(1_000); i++)
        {
            try
            {
                var note = SignedNote.Parse(Mutations.Of(seed, random));
                if (note.VerifiedBy([signer.Verifier]).Count > 0)
                {
                    note.Text.Should().Be(original.Text);
                }
            }
            catch (Exception exception) when (exception is ProofFormatException or BadSignatureException)
            {
                // The other right answers.
            }
        }
    }
}
