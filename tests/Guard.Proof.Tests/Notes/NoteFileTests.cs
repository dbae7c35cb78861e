using System.Text;
using Guard.Proof.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Notes;

/// <summary>A file of published heads, as it is after years, crashes and editors.</summary>
public sealed class NoteFileTests : IDisposable
{
    private readonly NoteSigner _signer = TestKeys.Signer();

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("no note at all\n")]
    [InlineData("— only.a/signature AAAAAAAA\n")]
    public void Read_OfATextWithoutNotes_IsEmpty(string text) => NoteFile.Read(text).Should().BeEmpty();

    [Fact]
    public void Read_OfEntriesOneAfterAnother_GivesThemInOrder() => Sizes(Entry(1) + Entry(2) + "\n\n" + Entry(3)).Should().Equal(1, 2, 3);

    [Fact]
    public void Read_OfASingleNoteAsServed_GivesIt() => Sizes(Note(7).ToString()).Should().Equal(7);

    [Fact]
    public void Read_OfLineEndsOfAnotherSystem_GivesThemAll() => Sizes((Entry(1) + Entry(2)).ReplaceLineEndings("\r\n")).Should().Equal(1, 2);

    [Fact]
    public void Read_OfAFileCutAnywhere_GivesEveryWholeNoteAndNoOther()
    {
        var cut = Entry(2);
        for (var length = 0; length < cut.Length; length++)
        {
            var sizes = Sizes(Entry(1) + cut[..length] + "\n\n" + Entry(3));

            sizes.Should().Contain(1).And.Contain(3).And.BeSubsetOf([1, 2, 3], "cut after {0} characters", length);
        }
    }

    public void Dispose() => _signer.Dispose();

    // Only what the key has signed counts: a note cut in its signatures may be read, and then has none that is known.
    private List<long> Sizes(string text) => [.. NoteFile.Read(text).Where(IsSigned).Select(note => Checkpoint.Parse(note.Text).Size)];

    private bool IsSigned(SignedNote note)
    {
        try
        {
            return note.VerifiedBy([_signer.Verifier]).Count > 0;
        }
        catch (BadSignatureException)
        {
            return false;
        }
    }

    private SignedNote Note(long size) => TestKeys.SignedCheckpoint(_signer, size, new MerkleHash(Encoding.ASCII.GetBytes($"{size:d32}")));

    private string Entry(long size) => NoteFile.Entry(Note(size));
}
