using System.Text;
using Guard.Agents.ClaudeCode;

namespace Guard.Agents.Tests.ClaudeCode;

public sealed class InputReaderTests
{
    [Theory]
    [InlineData("", "empty")]
    [InlineData(" \n", "empty")]
    [InlineData("git status", "not JSON")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{\"tool_name\":\"R", "not JSON")]
    [InlineData("{}{}", "not JSON")]
    [InlineData("{\"tool_name\":1}", "`tool_name`")]
    [InlineData("{\"cwd\":{}}", "`cwd`")]
    [InlineData("{\"a\":1,\"a\":2}", "stands twice")]
    [InlineData("{\"a\":1,\"\\u0061\":2}", "stands twice")]
    [InlineData("{\"tool_input\":{\"command\":\"ls\",\"command\":\"id\"}}", "stands twice")]
    [InlineData("{\"tool_input\":{\"a\":[{\"b\":1,\"b\":2}]}}", "stands twice")]
    [InlineData("{\"tool_name\":\"\\ud800\"}", "surrogate")]
    [InlineData("{\"tool_input\":{\"command\":\"\\udc00\"}}", "surrogate")]
    [InlineData("{\"tool_input\":{\"a\":[\"\\ud83d x\"]}}", "surrogate")]
    [InlineData("{\"tool_input\":{\"\\ud800\":1}}", "surrogate")]
    public void Input_ThatCouldBeReadInTwoWays_IsRefused(string json, string because)
    {
        var act = () => ClaudeCodeInputReader.Read(Encoding.UTF8.GetBytes(json));
        act.Should().Throw<UnreadableInputException>().WithMessage($"*{because}*");
    }

    [Fact]
    public void Input_InvalidUtf8_IsRefused()
    {
        var act = () => ClaudeCodeInputReader.Read(new byte[] { (byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}' });
        act.Should().Throw<UnreadableInputException>().WithMessage("*UTF-8*");
    }

    [Theory]
    [InlineData("{\"tool_name\":\"Bash\",\"x\":{\"a\":1,\"b\":{\"a\":1}},\"y\":[{\"a\":1},{\"a\":2}]}")]
    [InlineData("\uFEFF{\"tool_name\":\"Bash\"}\n")]
    [InlineData("{\"tool_name\":\"Bash\",\"z\":\"\\ud83d\\ude00 \\\\ud800\"}")]
    [InlineData("{\"tool_name\":\"Bash\",\"session_id\":null}")]
    public void Input_WithOneMeaning_IsRead(string json) =>
        ClaudeCodeInputReader.Read(Encoding.UTF8.GetBytes(json)).Tool.Should().Be("Bash");

    [Fact]
    public void Input_MutatedAtRandom_IsReadOrRefused()
    {
        var random = new Random(20260731);
        var seeds = Directory.GetFiles(Repository.File("samples", "hook-inputs"), "*.json", SearchOption.AllDirectories).Select(File.ReadAllBytes).ToArray();
        for (var i = 0; i < 5000; i++)
        {
            var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var k = random.Next(1, 6); k > 0 && bytes.Length > 0; k--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                ClaudeCodeAdapter.Adapt(bytes.AsMemory(0, random.Next(3) == 0 ? random.Next(bytes.Length + 1) : bytes.Length), new AdapterContext { Paths = new Agents.Paths.StatedPathView() });
            }
            catch (UnreadableInputException e)
            {
                e.Message.Should().NotBeEmpty();
            }
        }
    }
}
