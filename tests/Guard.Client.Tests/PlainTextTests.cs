namespace Guard.Client.Tests;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("read:file ./src/ä.cs 日本 😀", "read:file ./src/ä.cs 日本 😀")]
    [InlineData("a\u001b[31mred", "a\\u001b[31mred")]
    [InlineData("a\r\nb\tc", "a\\u000d\\u000ab\\u0009c")]
    [InlineData("a\u009bc", "a\\u009bc")]
    [InlineData("exe\u202Etxt.sh", "exe\\u202etxt.sh")]
    [InlineData("a\u2028b\u2029c", "a\\u2028b\\u2029c")]
    [InlineData("zero\u200bwidth", "zero\\u200bwidth")]
    public void OneLine_Text_ShowsWhatWouldSteerATerminal(string text, string shown) => PlainText.OneLine(text).Should().Be(shown);

    [Fact]
    public void OneLine_LoneSurrogate_IsShownAsEscape() => PlainText.OneLine("a\ud800b").Should().Be("a\\ud800b");
}
