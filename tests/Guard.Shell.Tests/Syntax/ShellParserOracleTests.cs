using Guard.Shell.Syntax;
using Guard.Shell.Tests.Bash;
using Xunit.Abstractions;

namespace Guard.Shell.Tests.Syntax;

/// <summary>The reader against the machine's own bash, on lines from a grammar and on damaged lines.</summary>
public sealed class ShellParserOracleTests(ITestOutputHelper output)
{
    [Fact]
    public void Parse_LineThatBashRejects_IsRefused()
    {
        var generator = new LineGenerator(new Random(LongRuns.Seed));
        var lines = new List<string>();
        for (var i = LongRuns.Count(3_000, 150_000); i > 0; i--)
            lines.Add(generator.Mutate(generator.Line(), generator.Line()));

        var parsed = lines.Where(l => ShellParser.Parse(l).Script is not null).ToList();
        var accepted = BashSyntax.Accepts(parsed);
        var wrong = parsed.Where((_, i) => !accepted[i]).ToList();

        output.WriteLine($"{lines.Count} damaged lines, {parsed.Count} parsed, {wrong.Count} of them rejected by bash");
        foreach (var line in wrong.OrderBy(l => l.Length).Take(40))
            output.WriteLine("WRONG: " + line.Replace("\n", "\u240a", StringComparison.Ordinal));
        wrong.Should().BeEmpty();
        parsed.Should().HaveCountGreaterThan(lines.Count / 20);
    }

    [Fact]
    public void Parse_GeneratedLineThatBashAccepts_IsParsedAsARule()
    {
        var generator = new LineGenerator(new Random(LongRuns.Seed + 1));
        var lines = Enumerable.Range(0, LongRuns.Count(1_500, 50_000)).Select(_ => generator.Line()).ToList();
        var accepted = BashSyntax.Accepts(lines);
        var good = lines.Where((_, i) => accepted[i]).ToList();
        var refused = good.Select(l => (Line: l, ShellParser.Parse(l).Refusal)).Where(p => p.Refusal is not null).ToList();

        output.WriteLine($"{lines.Count} generated lines, {good.Count} accepted by bash, {refused.Count} of them refused ({100.0 * refused.Count / good.Count:0.00} %)");
        foreach (var group in refused.GroupBy(r => r.Refusal!.Message).OrderByDescending(g => g.Count()))
            output.WriteLine($"{group.Count()} {group.Key}: {group.OrderBy(r => r.Line.Length).First().Line.Replace("\n", "\u240a", StringComparison.Ordinal)}");
        refused.Count.Should().BeLessThan(good.Count * 3 / 100);
        good.Count.Should().BeGreaterThan(lines.Count * 8 / 10);
    }

    [Fact]
    public void Print_ParsedLine_IsReadByBashAsTheOriginal()
    {
        var generator = new LineGenerator(new Random(LongRuns.Seed + 2));
        var candidates = new List<string>();
        for (var i = LongRuns.Count(3_000, 60_000); i > 0; i--)
            candidates.Add(i % 2 == 0 ? generator.Line() : generator.Mutate(generator.Line(), generator.Line()));
        var parsed = candidates.Select(l => (Line: l, ShellParser.Parse(l).Script)).Where(p => p.Script is { Body.Items.Length: > 0 }).ToList();
        var accepted = BashSyntax.Accepts([.. parsed.Select(p => p.Line)]);
        parsed = [.. parsed.Where((_, i) => accepted[i])];

        var original = BashSyntax.Shapes([.. parsed.Select(p => p.Line)]);
        var printed = parsed.Select(p => SyntaxPrinter.Print(p.Script!)).ToList();
        var again = BashSyntax.Shapes(printed);

        var different = Enumerable.Range(0, parsed.Count).Where(i => original[i] != again[i] || original[i] == "error").ToList();
        output.WriteLine($"{parsed.Count} lines printed, {different.Count} read differently");
        foreach (var i in different.OrderBy(i => parsed[i].Line.Length).Take(15))
            output.WriteLine($"LINE: {parsed[i].Line}\nPRINTED: {printed[i]}\nBASH1: {original[i]}\nBASH2: {again[i]}\n");
        different.Should().BeEmpty();
    }
}
