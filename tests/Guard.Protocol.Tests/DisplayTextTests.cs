namespace Guard.Protocol.Tests;

/// <summary>What an agent writes must not act on a terminal, a log or a page, nor be re-ordered or hidden there.</summary>
public sealed class DisplayTextTests
{
    [Theory]
    [InlineData("plain text, é, 漢字 and 😀", "plain text, é, 漢字 and 😀")]
    [InlineData("two\nlines\r\nand\ta tab", "two lines  and a tab")]
    [InlineData("\u001b[31mred\u001b[0m", "[31mred[0m")]
    [InlineData("\u009b31mC1 control sequence", "31mC1 control sequence")]
    [InlineData("bell\a, backspace\b, NUL\0, DEL\u007f", "bell, backspace, NUL, DEL")]
    [InlineData("a\u202egpj.exe", "agpj.exe")]
    [InlineData("a\u2066b\u2069\u200e\u200f\u061c", "ab")]
    [InlineData("zero\u200bwidth\ufeff", "zerowidth")]
    [InlineData("line\u2028and\u2029paragraph", "line and paragraph")]
    [InlineData("tag \U000E0041 hidden", "tag  hidden")]
    [InlineData("", "")]
    public void Clean_TextThatCouldAct_IsInert(string untrusted, string shown) =>
        DisplayText.Clean(untrusted).Should().Be(shown);

    [Fact]
    public void Clean_HalfOfAPair_IsReplaced() =>
        DisplayText.Clean("half \ud800 of a pair").Should().Be("half \ufffd of a pair");

    [Fact]
    public void Clean_LongText_IsCutWithAnEllipsis() =>
        DisplayText.Clean(new string('a', 50), 10).Should().Be("aaaaaaaaa…");

    [Fact]
    public void Clean_CutInsideAPair_LeavesNoHalf() =>
        DisplayText.Clean("aaaaaaaa😀aaa", 10).Should().Be("aaaaaaaa…");
}
