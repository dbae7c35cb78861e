using System.Text;
using System.Text.Json;
using Guard.Agents.ClaudeCode;

namespace Guard.Agents.Tests.ClaudeCode;

public sealed class WireInputTests
{
    [Fact]
    public void LongText_Travels_AsDigestLengthAndHead()
    {
        var text = new string('é', 1500);
        var wire = Wire(JsonSerializer.Serialize(new { prompt = text }));

        var digest = JsonDocument.Parse(wire).RootElement.GetProperty("prompt");
        digest.GetProperty("$length").GetInt32().Should().Be(1500);
        digest.GetProperty("$head").GetString().Should().Be(new string('é', 256));
        digest.GetProperty("$digest").GetString().Should().Be(Sha256.Digest(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("""{"content":"hunter2"}""")]
    [InlineData("""{"old_string":"hunter2"}""")]
    [InlineData("""{"new_string":"hunter2"}""")]
    [InlineData("""{"new_source":"hunter2"}""")]
    [InlineData("""{"edits":[{"old_string":"hunter2","new_string":"hunter2"}]}""")]
    [InlineData("""{"cont\u0065nt":"hunter2"}""")]
    [InlineData("""{"content":[{"text":{"deep":"hunter2"}}]}""")]
    public void Content_HoweverShort_NeverTravels(string input)
    {
        Wire(input).Should().NotContain("hunter2").And.Contain("$digest").And.NotContain("$head");
        AdapterTests.Adapt("Frobnicate", input).Accesses.Should().OnlyContain(access => !access.Resource.Contains("hunter2"));
    }

    [Theory]
    [InlineData("""{ "a" : [ 1 , -2.50e3, true, null, "x\n\u00e9" ] }""", """{"a":[1,-2.50e3,true,null,"x\né"]}""")]
    [InlineData("""{"a":{"content":"stays"}}""", """{"a":{"content":"stays"}}""")]
    [InlineData("""{"content":"","b":"stays"}""", """{"content":{"$digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","$length":0},"b":"stays"}""")]
    [InlineData("[]", "[]")]
    [InlineData("\"x\"", "\"x\"")]
    public void Input_Otherwise_StaysAsItIs(string input, string wire) => Wire(input).Should().Be(wire);

    private static string Wire(string input) => Encoding.UTF8.GetString(WireInput.ToCompactJson(ClaudeCodeInputReader.ReadToolInput(Encoding.UTF8.GetBytes(input))));
}
