using System.Text;
using Guard.Proof.Notes;
using Guard.Proof.Tree;

namespace Guard.Proof.Tests.Notes;

public sealed class CheckpointTests
{
    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    // C2SP tlog-checkpoint.md, its first example.
    [Fact]
    public void Parse_CheckpointOfTheSpecification_IsReadAndWrittenAsItIs()
    {
        const string Text = $"example.com/behind-the-sofa\n20852163\n{Root}\n";

        var checkpoint = Checkpoint.Parse(Text);

        checkpoint.Should().BeEquivalentTo(new { Origin = "example.com/behind-the-sofa", Size = 20_852_163L });
        checkpoint.Root.ToBase64().Should().Be(Root);
        checkpoint.ToText().Should().Be(Text);
    }

    [Fact]
    public void SharedVectors_Checkpoint_IsReadFromItsNote()
    {
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(SharedVectors.Json().GetProperty("checkpoint_example").GetString()!));

        Checkpoint.Parse(note.Text).Size.Should().Be(20_852_163);
    }

    [Fact]
    public void Parse_ExtensionLines_AreKept()
    {
        const string Text = $"an origin with spaces\n1\n{Root}\none\ntwo\n";

        var checkpoint = Checkpoint.Parse(Text);

        checkpoint.Extensions.Should().Equal("one", "two");
        checkpoint.ToText().Should().Be(Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("o\n1\n" + Root)]
    [InlineData("o\n1\n")]
    [InlineData("\n1\n" + Root + "\n")]
    [InlineData("o\n01\n" + Root + "\n")]
    [InlineData("o\n+1\n" + Root + "\n")]
    [InlineData("o\n-1\n" + Root + "\n")]
    [InlineData("o\n 1\n" + Root + "\n")]
    [InlineData("o\n1 \n" + Root + "\n")]
    [InlineData("o\n0x1\n" + Root + "\n")]
    [InlineData("o\n١\n" + Root + "\n")]
    [InlineData("o\n\n" + Root + "\n")]
    [InlineData("o\n9223372036854775808\n" + Root + "\n")]
    [InlineData("o\n99999999999999999999999\n" + Root + "\n")]
    [InlineData("o\n1\n" + Root + "\n\n")]
    [InlineData("o\n1\n" + Root + "\n\nx\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n")]
    [InlineData("o\n1\nAAAA\n")]
    [InlineData("o\n1\n" + Root + " \n")]
    [InlineData("o\n0\n" + Root + "\n")]
    [InlineData("o\n1\n" + Root + "\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n")]
    public void Parse_NoCheckpoint_IsRefused(string text)
    {
        var parse = () => Checkpoint.Parse(text);

        parse.Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void ToText_WhatCouldNotBeReadBack_IsRefused()
    {
        var checkpoint = new Checkpoint { Origin = "o", Size = 0, Root = TreeHasher.Empty };
        Checkpoint.Parse(checkpoint.ToText()).Should().BeEquivalentTo(checkpoint);
        foreach (var refused in new[] { checkpoint with { Origin = "" }, checkpoint with { Origin = "a\nb" }, checkpoint with { Size = -1 }, checkpoint with { Extensions = [""] }, checkpoint with { Extensions = ["a\nb"] } })
        {
            var write = refused.ToText;

            write.Should().Throw<ProofFormatException>();
        }
    }

    [Fact]
    public void Open_UnknownKeyOrOtherLog_IsRefused()
    {
        using var signer = TestKeys.Signer();
        using var stranger = TestKeys.Signer();
        var note = TestKeys.SignedCheckpoint(signer, 0, TreeHasher.Empty);
        Checkpoint.Open(note, TestKeys.Origin, [signer.Verifier]).Size.Should().Be(0);

        var unknown = () => Checkpoint.Open(note, TestKeys.Origin, [stranger.Verifier]);
        var other = () => Checkpoint.Open(note, "another.example/log", [signer.Verifier]);
        unknown.Should().Throw<ProofRefusedException>().WithMessage("*no signature of a key that is known*");
        other.Should().Throw<ProofRefusedException>().WithMessage("*another log*");
    }
}
