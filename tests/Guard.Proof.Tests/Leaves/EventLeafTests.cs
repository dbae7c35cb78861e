using System.Security.Cryptography;
using System.Text;
using Guard.Proof.Leaves;

namespace Guard.Proof.Tests.Leaves;

public sealed class EventLeafTests
{
    private static readonly Guid s_id = new("01980000-0000-7000-8000-00000000002a");
    private static readonly byte[] s_salt = [.. Enumerable.Range(0, EventLeaf.SaltLength).Select(static i => (byte)i)];

    // The documented layout, built here from its parts.
    [Fact]
    public void Commit_Event_HasTheDocumentedLayout()
    {
        var leaf = EventLeaf.Commit(s_id, "{ \"b\": 2.0, \"a\": \"\\u0078\" }"u8, s_salt);

        byte[] committed = [.. Encoding.ASCII.GetBytes("guard.audit.event.v1"), 0, .. s_salt, .. Encoding.ASCII.GetBytes("{\"a\":\"x\",\"b\":2}")];
        leaf.Commitment.ToArray().Should().Equal(SHA256.HashData(committed));
        byte[] data = [1, .. Convert.FromHexString("0198000000007000800000000000002a"), .. SHA256.HashData(committed)];
        leaf.ToArray().Should().Equal(data);
        leaf.Hash().ToArray().Should().Equal(SHA256.HashData([0, .. data]));
        EventLeaf.Parse(data).Should().Be(leaf);
    }

    // Fixed for ever: a change here would make every stored log unverifiable. Computed with sha256sum from the layout above.
    [Fact]
    public void Commit_Event_IsWhatEarlierVersionsMade()
    {
        EventLeaf.Commit(s_id, "{}"u8, new byte[EventLeaf.SaltLength]).Hash().ToString().Should().Be("5f0ec6694a959433694b45383f07f437cdaed4a149496e944aadc35bc02de18c");
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":2}""")]
    [InlineData("""{"a":"1"}""", """{"a":1}""")]
    [InlineData("""{"a":null}""", """{}""")]
    [InlineData("""{"a":"é"}""", """{"a":"e\u0301"}""")]
    public void Commit_AnotherMeaning_IsAnotherCommitment(string one, string other)
    {
        EventLeaf.Commit(s_id, Encoding.UTF8.GetBytes(one), s_salt).Commitment.Should().NotBe(EventLeaf.Commit(s_id, Encoding.UTF8.GetBytes(other), s_salt).Commitment);
    }

    [Fact]
    public void Commit_AnotherSalt_HidesEqualEvents()
    {
        EventLeaf.Commit(s_id, "{}"u8, s_salt).Commitment.Should().NotBe(EventLeaf.Commit(s_id, "{}"u8, new byte[EventLeaf.SaltLength]).Commitment);
    }

    [Fact]
    public void Commit_InexactNumberOrShortSalt_IsRefused()
    {
        var inexact = () => EventLeaf.Commit(s_id, "{\"a\":9007199254740993}"u8, s_salt);
        var shortSalt = () => EventLeaf.Commit(s_id, "{}"u8, [1, 2, 3]);

        inexact.Should().Throw<ProofFormatException>();
        shortSalt.Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Parse_OtherLengthOrFormat_IsRefused()
    {
        var tooShort = () => EventLeaf.Parse(new byte[EventLeaf.DataLength - 1]);
        var unknown = () => EventLeaf.Parse(new byte[EventLeaf.DataLength]);

        tooShort.Should().Throw<ProofFormatException>();
        unknown.Should().Throw<ProofFormatException>().WithMessage("*format 0*");
    }
}
