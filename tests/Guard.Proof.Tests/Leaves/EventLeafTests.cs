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
    [InlineData(1, "0001")]
    [InlineData(90, "005a")]
    [InlineData(36_500, "8e94")]
    public void Commit_EventWithARetention_HasItsDaysInTheLeafAlone(int days, string hex)
    {
        var leaf = EventLeaf.Commit(s_id, "{\"b\":2}"u8, s_salt, days);

        var without = EventLeaf.Commit(s_id, "{\"b\":2}"u8, s_salt);
        leaf.Commitment.Should().Be(without.Commitment);
        byte[] data = [2, .. Convert.FromHexString("0198000000007000800000000000002a"), .. Convert.FromHexString(hex), .. leaf.Commitment.ToArray()];
        leaf.ToArray().Should().Equal(data);
        leaf.Hash().Should().NotBe(without.Hash());
        EventLeaf.Parse(data).Should().Be(leaf);
    }

    // As above: sha256sum over the layout, with 90 days.
    [Fact]
    public void Commit_EventWithARetention_IsWhatEarlierVersionsMade()
    {
        EventLeaf.Commit(s_id, "{}"u8, new byte[EventLeaf.SaltLength], 90).Hash().ToString().Should().Be("9b4a6f2696a44f209590b19528d6fc6546d5b1fb366d09f1125590b39e5ceb48");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(36_501)]
    public void ToArray_RetentionThatThereCannotBe_IsRefused(int days)
    {
        var write = () => EventLeaf.Commit(s_id, "{}"u8, s_salt, days).ToArray();

        write.Should().Throw<InvalidOperationException>();
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

    [Theory]
    [InlineData("", "A leaf cannot be empty.")]
    [InlineData("00", "*format 0*")]
    [InlineData("03", "*format 3*")]
    [InlineData("01", "*has 49 bytes, not 48*", 48)]
    [InlineData("01", "*has 49 bytes, not 51*", 51)]
    [InlineData("02", "*has 51 bytes, not 49*", 49)]
    [InlineData("02", "*has 51 bytes, not 52*", 52)]
    [InlineData("02", "*retention of 0 days*", 51)]
    [InlineData("02000000000000000000000000000000008e95", "*retention of 36501 days*", 51)]
    public void Parse_OtherLengthFormatOrRetention_IsRefused(string begin, string message, int length = 0)
    {
        var data = new byte[Math.Max(length, begin.Length / 2)];
        Convert.FromHexString(begin).CopyTo(data, 0);
        var parse = () => EventLeaf.Parse(data);

        parse.Should().Throw<ProofFormatException>().WithMessage(message);
    }
}
