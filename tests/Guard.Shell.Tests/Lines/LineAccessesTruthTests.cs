using System.Text.RegularExpressions;
using Guard.Shell.Lines;
using Guard.Shell.Tests.Bash;
using Xunit.Abstractions;

namespace Guard.Shell.Tests.Lines;

/// <summary>What bash and the programs of a line really start, open and delete was predicted, or the line was opaque.</summary>
public sealed partial class LineAccessesTruthTests(ITestOutputHelper output)
{
    private static readonly string[] Files = ["a.txt", "b.txt", ".env", "pkg/c.txt", "'pkg/d e.txt'", "*.txt", "{a,b}.txt", ".en?", "$x", "\"$x\"", "${y:-b.txt}", "$PWD/a.txt", "./pkg/../a.txt", "$(echo a.txt)", "\"$(ls | head -1)\"", "~/f.txt", "<(cat b.txt)"];

    private static readonly string[] Commands =
    [
        "cat ^", "cat ^ ^", "head -n 1 ^", "grep -c a ^", "sort ^", "wc -l ^", "cp ^ #", "mv ^ #", "rm -f #", "touch #", "tee # < ^", "sed -n 1p ^", "sed -i s/a/b/ a.txt", "awk '{print > \"#\"}' ^",
        "cat < ^", "echo hi > #", "echo hi >> b.txt", "x=a.txt", "cd pkg", "ls", "mkdir -p #", "find . -name '*.txt' -exec wc -c {} +", "cat ^ | sort | uniq", "echo a.txt | xargs cat", "find pkg -type f | xargs cat", "dd if=a.txt of=# status=none",
        "tar cf # pkg", "while read -r l; do cat \"$l\"; done < ^", "for f in *.txt; do cat \"$f\"; done", "test -f ^ && cat ^", "cut -c1 ^", "ln -s ^ #", "grep -r a pkg", "base64 ^", "diff ^ ^", "[[ -e a.txt ]] && cat a.txt", "eval 'cat b.txt'", "f() { cat \"$1\"; }; f ^",
    ];

    private static readonly string[] Frames = ["@", "@", "@", "@; @", "@ && @", "@ || @", "(@; @)", "{ @; @; }", "if @; then @; fi", "bash -c '%'", "env A=1 bash -c '%'", "timeout 5 cat ^", "nice cat ^", "bash <<< '%'", "echo $(@)", "! @", "@ &\nwait", "@ 2>/dev/null | cat"];

    /// <summary>Each collected line, and as many again and more from the two grammars: at most 3 % opaque, nothing missed.</summary>
    [Fact]
    public void Of_LinesThatRun_PredictsWhatTheyDo()
    {
        var random = new Random(LongRuns.Seed);
        var generator = new RunGenerator(random);
        var lines = RunTable.Lines.OrderBy(_ => random.Next()).Take(LongRuns.Count(50, int.MaxValue)).ToList();
        for (var i = LongRuns.Count(100, 3_000); i > 0; i--)
            lines.Add(i % 4 == 0 ? Make(random) : generator.Line());
        var accepted = BashSyntax.Accepts(lines);
        lines = [.. lines.Where((_, i) => accepted[i])];

        // Most of the time goes by in strace: each processor has lines and a folder of its own.
        var outcomes = lines.Chunk((lines.Count / Environment.ProcessorCount) + 1).AsParallel().AsOrdered().WithExecutionMode(ParallelExecutionMode.ForceParallelism).SelectMany(Compare).ToList();
        var misses = outcomes.SelectMany(o => o.Misses).ToList();
        var opaque = outcomes.Where(o => o.Codes is not null).Select(o => $"{o.Codes}: {o.Line}").ToList();
        var events = outcomes.Sum(o => o.Events);
        output.WriteLine($"{lines.Count} lines, {opaque.Count} opaque ({100.0 * opaque.Count / lines.Count:0.00} %), {events} things done, {misses.Count} not predicted");
        foreach (var text in opaque.OrderBy(l => l, StringComparer.Ordinal))
            output.WriteLine("OPAQUE " + text.Replace("\n", "\u240a", StringComparison.Ordinal));
        foreach (var text in misses)
            output.WriteLine("MISSED " + text.Replace("\n", "\u240a", StringComparison.Ordinal));
        misses.Should().BeEmpty();
        events.Should().BeGreaterThan(2 * lines.Count);
        opaque.Count.Should().BeLessThan(Math.Max(2, lines.Count * 3 / 100));
        lines.Count.Should().BeGreaterThan(LongRuns.Count(140, 3_000));
    }

    /// <summary>Damaged lines that bash would not read are never reported as if they would do something known.</summary>
    [Fact]
    public void Of_LineThatBashRejects_IsOpaque()
    {
        var random = new Random(LongRuns.Seed + 9);
        var generator = new Syntax.LineGenerator(random);
        var run = new RunGenerator(random);
        var lines = new List<string>();
        for (var i = LongRuns.Count(1_000, 60_000); i > 0; i--)
            lines.Add(generator.Mutate(i % 2 == 0 ? run.Line() : RunTable.Lines[random.Next(RunTable.Lines.Count)], run.Line()));
        var exact = lines.Where(l => LineAccesses.Of(l, Place.Facts).Opaque.Count == 0).ToList();

        var accepted = BashSyntax.Accepts(exact);
        exact.Where((_, i) => !accepted[i]).Should().BeEmpty();
        exact.Should().HaveCountGreaterThan(lines.Count / 5);
    }

    [Fact]
    public void Parse_CollectedRun_IsReadAsBashReadsIt()
    {
        BashSyntax.Accepts(RunTable.Lines).Should().AllBeEquivalentTo(true);
        RunTable.Lines.Where(l => Guard.Shell.Syntax.ShellParser.Parse(l).Script is null).Should().BeEmpty();
    }

    private static List<Outcome> Compare(string[] lines)
    {
        using var bash = new TracedBash();
        var outcomes = new List<Outcome>();
        foreach (var line in lines)
        {
            bash.MakeFiles();
            var report = LineAccesses.Of(line, bash.Facts);
            if (report.Opaque.Count > 0)
            {
                outcomes.Add(new Outcome(line, string.Join(' ', report.Opaque.Select(o => o.Code).Distinct()), 0, []));
                continue;
            }

            var happened = bash.Run(line);
            outcomes.Add(new Outcome(line, null, happened.Count, [.. happened.Where(e => !IsPredicted(report, e)).Select(e => $"{line}: {e.Verb} {e.Resource}")]));
        }

        return outcomes;
    }

    private static bool IsPredicted(LineReport report, TracedEvent happened)
    {
        // sed -i writes to a file of its own beside the named one and puts it in its place.
        if (happened.Verb != "read" && OwnFile().IsMatch(happened.Resource))
            return true;
        // A text that a program runs goes through a shell.
        if (happened is { Verb: "run", Resource: "sh" } && report.Commands.Any(c => c.Parent >= 0))
            return true;
        if (happened.Verb == "run")
            return report.Commands.Any(c => c.Words[0].IsKnown && Path.GetFileName(c.Words[0].Text) == happened.Resource);
        if (happened.Verb == "name" && report.Commands.Any(c => Says(c, happened.Resource)))
            return true;
        return report.Accesses.Any(a => Covers(a.Action, happened.Verb)
            && (a.Unknown || a.Resource == happened.Resource || (a.Subtree && happened.Resource.StartsWith(a.Resource.TrimEnd('/') + "/", StringComparison.Ordinal))));
    }

    // The operands of these are texts: those that are run by the name of a file, too.
    private static bool Says(LineCommand command, string path) =>
        command.Words[0] is { IsKnown: true, Text: "echo" or "printf" or "/usr/bin/printf" } && command.Words.Any(w => !w.IsKnown || path.EndsWith(w.Text, StringComparison.Ordinal));

    // A file that is made anew, or put in another's place, is deleted on the way.
    private static bool Covers(string action, string verb) => (verb == "name" && action.EndsWith(":file", StringComparison.Ordinal)) || action == verb + ":file" || (action == "write:file" && verb is "delete" or "read");

    /// <summary>In a frame <c>@</c> is a command and <c>%</c> one within quotes; in a command <c>^</c> is a file and <c>#</c> a new name.</summary>
    private static string Make(Random random)
    {
        var line = Replace(Pick(Frames, random), '%', () => Replace(Replace(Pick(Commands, random), '^', () => Pick(Files, random)), '#', () => "new" + random.Next(3)).Replace("'", "'\\''", StringComparison.Ordinal));
        line = Replace(line, '@', () => Pick(Commands, random));
        return Replace(Replace(line, '^', () => Pick(Files, random)), '#', () => "new" + random.Next(3));
    }

    private static string Replace(string text, char mark, Func<string> by)
    {
        for (var at = text.IndexOf(mark, StringComparison.Ordinal); at >= 0; at = text.IndexOf(mark, StringComparison.Ordinal))
            text = text[..at] + by() + text[(at + 1)..];
        return text;
    }

    [GeneratedRegex("/sed[A-Za-z0-9]{6}$", RegexOptions.None, 1000)]
    private static partial Regex OwnFile();

    private static string Pick(string[] from, Random random) => from[random.Next(from.Length)];

    /// <param name="Line">The line.</param>
    /// <param name="Codes">Why it is opaque; null if it is not, and was run.</param>
    /// <param name="Events">How many things were done.</param>
    /// <param name="Misses">Those that were not predicted.</param>
    private sealed record Outcome(string Line, string? Codes, int Events, IReadOnlyList<string> Misses);
}
