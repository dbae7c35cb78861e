using System.Diagnostics;
using System.Text;

namespace Guard.Shell.Tests;

/// <summary>"Exact" means: the words are those that the real bash passes on.</summary>
public sealed class RealBashTests
{
    private const string Home = "/home/dev";
    private const int Seed = 20260731;

    private static readonly string[] Pieces =
    [
        "a", "b", "Z", "0", "9", "_", "-", "--", ".", "..", "/", ":", ",", "+", "@", "%", "=", "^", "]", "~", "~/", " ", "  ", "\t",
        "'", "\"", "\\", "\\\\", "\\'", "\\\"", "\\ ", "\\$", "\\n", "''", "\"\"", "'a b'", "\"a b\"", "\"a\\\"b\"", "\"\\x\"", "é", "日", "ß",
        "x=~", "a:~/", "HEAD~1", "\"~/\"", "'~'", "#", "!", "$", "*", "{", "}", "&", ";", "=", "\u00a0", "1>",
    ];

    private static readonly string[] Written =
    [
        "git commit -m 'a b' --author=\"A <a@b.c>\"", "zz ~/x ~ '~' \"~/x\" a~ HEAD~2 x:y~z", "zz a=b --c=d e:f g@h", "zz \"\\a\\$\\`\\\"\\\\\"",
        "zz ''\"\"'' '' \"\"", "zz \\a\\-\\#\\~ \\!", "zz 'a\"b' \"a'b\" a\\'b", "zz ] a] %x", "zz café 'na\u00efve' 日本", "zz \\{a,b\\} '*' \\*",
    ];

    [Fact]
    public void ExactLines_RunByBash_ProduceTheSameWords()
    {
        var random = new Random(Seed);
        var exact = new List<(string Line, IReadOnlyList<string> Words)>();
        foreach (var line in Written) Keep(line);
        for (var tries = 0; exact.Count < 4000; tries++)
        {
            tries.Should().BeLessThan(2_000_000, "most random lines are short enough to be exact now and then");
            var line = new StringBuilder(random.Next(2) == 0 ? "zz" : "zz ");
            for (var i = random.Next(1, 9); i > 0; i--) line.Append(Pieces[random.Next(Pieces.Length)]);
            Keep(line.ToString());
        }

        var said = WordsOfBash(exact.Select(e => e.Line));
        said.Should().HaveSameCount(exact);
        for (var i = 0; i < exact.Count; i++) said[i].Should().Equal(exact[i].Words, "of the line {0}", exact[i].Line);

        void Keep(string line)
        {
            var analysis = ShellAnalyser.Analyse(line, new ShellContext(Home));
            // A program with a slash is not looked up, so bash would not hand its words over.
            if (analysis.Opaque is null && !analysis.Words[0].Contains('/', StringComparison.Ordinal)) exact.Add((line, analysis.Words));
        }
    }

    [Fact]
    public void NormalForm_ReadAgain_GivesTheSameWords()
    {
        var random = new Random(Seed);
        var seen = 0;
        while (seen < 2000)
        {
            var line = new StringBuilder("zz ");
            for (var i = random.Next(1, 9); i > 0; i--) line.Append(Pieces[random.Next(Pieces.Length)]);
            if (ShellAnalyser.Analyse(line.ToString(), new ShellContext(Home)) is not { Opaque: null } analysis) continue;
            seen++;
            ShellAnalyser.Analyse(analysis.Commands[0].Normal, default).Words.Should().Equal(analysis.Words, "of {0}", line);
        }
    }

    [Fact]
    public void AnyText_Analysed_NeverThrows()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new char[random.Next(0, 40)];
            for (var k = 0; k < text.Length; k++) text[k] = random.Next(3) == 0 ? (char)random.Next(0, 0x10000) : (char)random.Next(0, 0x80);
            var analysis = ShellAnalyser.Analyse(new string(text), new ShellContext(Home));
            (analysis.Opaque is null).Should().Be(analysis.Commands.Count == 1);
        }
    }

    /// <summary>Time must grow with the length alone; steps are counted by the words and characters that come out.</summary>
    [Theory]
    [InlineData("'")]
    [InlineData("\\")]
    [InlineData("\"a\" ")]
    [InlineData("$( ")]
    [InlineData("a;")]
    public void LongLine_OfOnePiece_GivesLinearOutput(string piece)
    {
        var line = string.Concat(Enumerable.Repeat(piece, ShellLimits.MaxLength / piece.Length));
        var analysis = ShellAnalyser.Analyse(line, new ShellContext(Home));
        analysis.Words.Sum(word => (long)word.Length).Should().BeLessThanOrEqualTo(2L * line.Length);
    }

    private static List<string[]> WordsOfBash(IEnumerable<string> lines)
    {
        // PATH names no folder, so every program is "not found" and bash hands its words to this function.
        var script = new StringBuilder("command_not_found_handle() { printf '%s\\0' \"$@\"; printf 'END\\0\\n\\0'; }\n");
        foreach (var line in lines) script.Append(line).Append('\n');

        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, script.ToString());
            var start = new ProcessStartInfo("/bin/bash", ["--norc", "--noprofile", file]) { UseShellExecute = false, RedirectStandardOutput = true, StandardOutputEncoding = Encoding.UTF8 };
            start.Environment.Clear();
            start.Environment["HOME"] = Home;
            start.Environment["PATH"] = "/nonexistent";
            start.Environment["LC_ALL"] = "C.UTF-8";
            using var bash = Process.Start(start)!;
            var output = bash.StandardOutput.ReadToEnd();
            bash.WaitForExit();
            return [.. output.Split("END\0\n\0", StringSplitOptions.RemoveEmptyEntries).Select(words => words.Split('\0')[..^1])];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
