using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Proof.Json;

namespace Guard.Proof.Tests.Json;

public sealed class CanonicalJsonTests
{
    // RFC 8785, 3.2.2 (input) and 3.2.3 (what it becomes).
    [Fact]
    public void From_SampleOfTheRfc_IsByteForByteWhatItPrints()
    {
        const string Input = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;
        var canonical = CanonicalJson.From(Encoding.UTF8.GetBytes(Input));

        Encoding.UTF8.GetString(canonical).Should().Be("{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    // RFC 8785, 3.2.3: names in the order of their UTF-16 code units.
    [Fact]
    public void From_NamesOfTheRfc_AreInItsOrder()
    {
        const string Input = """
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """;

        using var canonical = JsonDocument.Parse(CanonicalJson.From(Encoding.UTF8.GetBytes(Input)));

        canonical.RootElement.EnumerateObject().Select(static member => member.Value.GetString()).Should().Equal(
            "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh");
    }

    [Theory]
    [InlineData(" [ ] ", "[]")]
    [InlineData("{ }", "{}")]
    [InlineData("\"\\u00e9\"", "\"é\"")]
    [InlineData("\"\\u007f\\u2028\"", "\"\u007f\u2028\"")]
    [InlineData("\"\\b\\f\\n\\r\\t\\u001f\"", "\"\\b\\f\\n\\r\\t\\u001f\"")]
    [InlineData("{\"b\":{\"z\":1,\"y\":2},\"a\":[{\"d\":4,\"c\":3}]}", "{\"a\":[{\"c\":3,\"d\":4}],\"b\":{\"y\":2,\"z\":1}}")]
    [InlineData("{\"\":1,\"a\":2}", "{\"\":1,\"a\":2}")]
    [InlineData("-0", "0")]
    [InlineData("100000000000000000000000", "1e+23")]
    public void From_Value_HasOneForm(string input, string expected)
    {
        Encoding.UTF8.GetString(CanonicalJson.From(Encoding.UTF8.GetBytes(input))).Should().Be(expected);
    }

    // RFC 8785, 3.1 (I-JSON) and RFC 8259: each of these is no input.
    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,\"b\":0,\"\\u0061\":2}")]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("1e999")]
    [InlineData("-1e999")]
    [InlineData("NaN")]
    [InlineData("01")]
    [InlineData("[1,]")]
    [InlineData("[1] []")]
    [InlineData("[1")]
    [InlineData("/* */1")]
    [InlineData("\ufeff1")]
    [InlineData("\"\n\"")]
    public void From_NotStrictJson_IsRefused(string input)
    {
        var from = () => CanonicalJson.From(Encoding.UTF8.GetBytes(input));

        from.Should().Throw<ProofFormatException>();
    }

    [Theory]
    [InlineData(new byte[] { (byte)'"', 0xff, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xed, 0xa0, 0x80, (byte)'"' })]
    [InlineData(new byte[] { (byte)'"', 0xc0, 0x80, (byte)'"' })]
    public void From_InvalidUtf8_IsRefused(byte[] input)
    {
        var from = () => CanonicalJson.From(input);

        from.Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void From_NestingAtTheLimit_IsTakenAndBeyondItRefused()
    {
        var at = new string('[', CanonicalJson.MaxDepth) + new string(']', CanonicalJson.MaxDepth);
        Encoding.UTF8.GetString(CanonicalJson.From(Encoding.UTF8.GetBytes(at))).Should().Be(at);

        var beyond = () => CanonicalJson.From(Encoding.UTF8.GetBytes($"[{at}]"));
        beyond.Should().Throw<ProofFormatException>();
    }

    [Fact]
    public void From_InexactNumberWhereExactIsAsked_IsRefused()
    {
        var from = () => CanonicalJson.From("[9007199254740993]"u8, CanonicalNumbers.Exact);

        from.Should().Throw<ProofFormatException>().WithMessage("*more digits than a double*");
        CanonicalJson.From("[9007199254740993]"u8).Should().Equal("[9007199254740992]"u8.ToArray());
    }

    [Fact]
    public void From_RandomValue_IgnoresOrderSpacingAndEscapesAndKeepsMeaning()
    {
        var random = new Random(42);
        for (var i = 0; i < TestRuns.Times(300); i++)
        {
            var value = RandomJson.Value(random, 0);
            var canonical = CanonicalJson.From(Encoding.UTF8.GetBytes(RandomJson.Write(value, random)));

            CanonicalJson.From(Encoding.UTF8.GetBytes(RandomJson.Write(value, random))).Should().Equal(canonical);
            CanonicalJson.From(canonical).Should().Equal(canonical);
            JsonNode.DeepEquals(JsonNode.Parse(canonical), value).Should().BeTrue();
        }
    }

    [Fact]
    public void From_RandomBytes_IsRefusedOrStable()
    {
        var random = new Random(7);
        var seed = Encoding.UTF8.GetBytes("""{"a":[1,2.5e-7,"x\u20ac\n",{"b":null,"":true}],"\ud83d\ude00":"😀"}""");
        var taken = 0;
        for (var i = 0; i < TestRuns.Times(20_000); i++)
        {
            var input = Mutations.Of(seed, random);
            try
            {
                var canonical = CanonicalJson.From(input);
                CanonicalJson.From(canonical).Should().Equal(canonical);
                taken++;
            }
            catch (ProofFormatException)
            {
                // Refusing is one of the two right answers; any other exception fails the test.
            }
        }

        taken.Should().BePositive();
    }
}
