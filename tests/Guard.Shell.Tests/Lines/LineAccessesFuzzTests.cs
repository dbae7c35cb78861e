using Guard.Shell.Lines;

namespace Guard.Shell.Tests.Lines;

public sealed class LineAccessesFuzzTests
{
    private const string Pieces = " \t\n;&|()<>{}[]$`'\"\\*?~#!=:/-.,@^%0123abcxyz\u00e9\ufdd0\ufdd1";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Of_MutatedLines_NeverThrowsAndStaysWithinItsLimits(int seed)
    {
        var random = new Random(seed);
        var limits = new LineLimits { Steps = 600, Accesses = 400, Depth = 6 };
        var facts = Place.Facts with { Limits = limits };
        for (var round = 0; round < 4_000; round++)
        {
            var line = Mutate(random);
            var report = LineAccesses.Of(line, facts);

            report.Steps.Should().BeLessThanOrEqualTo((limits.Steps * 2) + line.Length, line);
            report.Accesses.Count.Should().BeLessThanOrEqualTo(limits.Accesses + report.Opaque.Count, line);
            report.Accesses.Should().NotContain(a => a.Span.Start < 0 || a.Span.End > line.Length || a.Command >= report.Commands.Count, line);
            report.Accesses.Count(a => a.Action == "execute:opaque").Should().Be(report.Opaque.Count, line);
            report.Commands.Select((c, i) => c.Parent < i).Should().NotContain(false, line);
            if (report.Script is null)
                report.Opaque.Should().NotBeEmpty(line);
            report.Accesses.Should().NotContain(a => a.Resource.Contains('\ufdd0') && a.Why == null, line);
        }
    }

    [Theory]
    [InlineData("bash -c ")]
    [InlineData("eval ")]
    [InlineData("$(")]
    [InlineData("env ")]
    [InlineData("find . -exec ")]
    [InlineData("for a in 1 2 3 4 5 6 7 8; do ")]
    public void Of_RepeatedText_IsBounded(string text)
    {
        var line = string.Concat(Enumerable.Repeat(text, 2_000));
        LineAccesses.Of(line, Place.Facts).Steps.Should().BeLessThan(3 * LineLimits.Default.Steps);
    }

    private static string Mutate(Random random)
    {
        var rows = LineTable.Rows;
        var line = rows[random.Next(rows.Count)].Line;
        if (random.Next(3) == 0)
            line += ((string[])[" | ", " && ", "; ", " <<< ", " $("])[random.Next(5)] + rows[random.Next(rows.Count)].Line;
        if (random.Next(6) == 0)
            line = "bash -c '" + line.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
        for (var i = random.Next(4); i > 0 && line.Length > 0; i--)
        {
            var at = random.Next(line.Length);
            line = random.Next(3) switch
            {
                0 => line.Remove(at, Math.Min(random.Next(1, 4), line.Length - at)),
                1 => line.Insert(at, Pieces[random.Next(Pieces.Length)].ToString()),
                _ => line[..at] + Pieces[random.Next(Pieces.Length)] + line[(at + 1)..],
            };
        }

        return line;
    }
}
