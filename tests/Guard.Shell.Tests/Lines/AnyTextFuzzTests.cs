using System.Text;
using Guard.Shell.Lines;
using Guard.Shell.Tests.Bash;
using Guard.Shell.Tests.Syntax;
using Xunit.Abstractions;

namespace Guard.Shell.Tests.Lines;

/// <summary>
/// The whole analysis on any text: it answers, and its work in steps stays below a fixed multiple of the text's length. GUARD_TESTS_LONG=1 makes it
/// ten million texts, shared by the processors; GUARD_FUZZ_TEXTS another number, and GUARD_TESTS_SEED others.
/// </summary>
public sealed class AnyTextFuzzTests(ITestOutputHelper output)
{
    /// <summary>Steps for each character, and a constant for short texts. A step is a command, a redirect, a variable that is used or set, or 256 characters of values.</summary>
    private const int StepsPerCharacter = 20;

    private const int BaseSteps = 512;

    private static readonly string[] Tokens =
    [
        "'", "\"", "`", "$", "(", ")", "{", "}", "[[", "]]", "((", "))", "$((", "$(", "${", "<(", ">(", ";", ";;", "&", "&&", "|", "||", "|&", "<", ">", ">>", "<<E\n", "<<<", "2>&1", "\n", "\\", "#", "!", " ", " ", "\t",
        "x=", "x=$x$x;", "a=(", "in", "do", "done", "then", "fi", "if ", "while ", "for x in ", "case ", "esac", "f(){ ", "coproc ", "time ", "eval ", "bash -c ", "sh ", "xargs ", "find . -exec ", "env ", "sudo ", "cat ", "rm -rf ", "git ", "cd ", "~", "*",
        "{1..9}", "{a,b}", "$x", "${x:-y}", "${x//a/b}", "$((x+1))", "@", "-", "--", "-c", "1", "é", "\u00a0", "\ud83d\ude00", "\ud800", "\0", "\ufdd0", "\ufdd1", "/", ".", "..", ".env", "a.txt", "https://e.example/x", ":(){ :|:& };:", "source ", "exec ", "trap ", "read ", "export ", "set -- ", "LD_PRELOAD=",
    ];

    [Fact]
    public void Of_AnyText_AnswersAndStaysLinear()
    {
        var count = int.TryParse(Environment.GetEnvironmentVariable("GUARD_FUZZ_TEXTS"), out var asked) ? asked : LongRuns.Count(20_000, 10_000_000);
        var parts = Environment.ProcessorCount;
        var results = new (long Read, long Opaque, double Worst, string Text)[parts];
        Parallel.For(0, parts, part => results[part] = Run(new Random(LongRuns.Seed + 1_000 + part), count / parts));

        var worst = results.MaxBy(r => r.Worst);
        output.WriteLine($"{count / parts * parts} texts, {results.Sum(r => r.Read)} read, {results.Sum(r => r.Opaque)} opaque in part or whole, at most {worst.Worst:0.0} steps for a character: {worst.Text}");
        results.Sum(r => r.Read).Should().BeGreaterThan(count / 5);
    }

    /// <summary>What multiplies: each shape repeated to a long line.</summary>
    [Theory]
    [InlineData("x=$x$x; ", 4_000)]
    [InlineData("for a in {1..64}; do ", 200)]
    [InlineData("while :; do ", 60)]
    [InlineData("f() { f; f; }; f; ", 500)]
    [InlineData("eval 'eval \"ls; ls\"'; ", 500)]
    [InlineData("bash -c 'for a in 1 2 3; do ls; done'; ", 500)]
    [InlineData("echo {1..9}{1..9}{1..9}; ", 500)]
    [InlineData("x=aaaaaaaaaaaaaaaaaaaa; echo ${x//a*b*c*d/e}; ", 500)]
    [InlineData("ls | xargs -I{} sh -c 'echo {}' ; ", 500)]
    [InlineData("find . -exec find . -exec ", 500)]
    [InlineData("(", 2_000)]
    [InlineData("$(", 2_000)]
    [InlineData("a <<E\n", 2_000)]
    [InlineData("[[ a == b ]] && ", 1_000)]
    public void Of_RepeatedShape_StaysLinear(string unit, int times) => Check(string.Concat(Enumerable.Repeat(unit, times)) + "ls", out _, out _);

    private static (long Read, long Opaque, double Worst, string Text) Run(Random random, int count)
    {
        var syntax = new LineGenerator(random);
        var run = new RunGenerator(random);
        var (read, opaque, worst, text) = (0L, 0L, 0.0, "");
        for (var i = 0; i < count; i++)
        {
            var line = (i % 6) switch
            {
                0 => run.Line(),
                1 => syntax.Mutate(run.Line(), run.Line()),
                2 => syntax.Line(),
                3 => syntax.Mutate(Collected(random), Collected(random)),
                4 => Random(random),
                _ => syntax.Mutate(Collected(random) + "; " + Random(random), run.Line()),
            };
            var steps = Check(line, out var isRead, out var isOpaque);
            read += isRead ? 1 : 0;
            opaque += isOpaque ? 1 : 0;
            if (steps > worst)
                (worst, text) = (steps, line);
        }

        return (read, opaque, worst, text);
    }

    private static double Check(string line, out bool isRead, out bool isOpaque)
    {
        LineReport report;
        try
        {
            report = LineAccesses.Of(line, Place.Facts);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"No answer for {Convert.ToBase64String(Encoding.Unicode.GetBytes(line))}: {line}", failure);
        }

        isRead = report.Script is not null;
        isOpaque = report.Opaque.Count > 0;
        if (!isRead && !isOpaque)
            throw new InvalidOperationException($"Neither read nor opaque: {line}");
        if (report.Steps > BaseSteps + ((long)StepsPerCharacter * line.Length))
            throw new InvalidOperationException($"{report.Steps} steps for {line.Length} characters: {line}");
        foreach (var access in report.Accesses)
        {
            if (access.Span.Start < 0 || access.Span.End > line.Length || (access.Why is null && access.Resource.Contains('\ufdd0')))
                throw new InvalidOperationException($"A wrong access, {access.Action} {Escaped(access.Resource)} at {access.Span} because of {access.Why}: {Escaped(line)}");
        }

        return (double)report.Steps / (line.Length + 16);
    }

    /// <summary>With what no terminal shows as code units.</summary>
    private static string Escaped(string text) =>
        string.Concat(text.Select(static c => c is >= ' ' and <= '~' ? c.ToString() : $"\\u{(int)c:x4}"));

    private static string Collected(Random random)
    {
        var at = random.Next(RunTable.Lines.Count + LineTable.Rows.Count);
        return at < RunTable.Lines.Count ? RunTable.Lines[at] : LineTable.Rows[at - RunTable.Lines.Count].Line;
    }

    private static string Random(Random random)
    {
        var text = new StringBuilder();
        for (var count = random.Next(1, 40); count > 0; count--)
            text.Append(Tokens[random.Next(Tokens.Length)]);
        return text.ToString();
    }
}
