using System.Text.RegularExpressions;
using Guard.Shell.Lines;
using Guard.Shell.Tests.Bash;

namespace Guard.Shell.Tests.Lines;

/// <summary>What bash and the programs of a line really start, open and delete was predicted, or the line was opaque.</summary>
public sealed partial class LineAccessesTruthTests
{
    private static readonly string[] Files = ["a.txt", "b.txt", ".env", "pkg/c.txt", "'pkg/d e.txt'", "*.txt", "{a,b}.txt", ".en?", "$x", "\"$x\"", "${y:-b.txt}", "$PWD/a.txt", "./pkg/../a.txt", "$(echo a.txt)", "\"$(ls | head -1)\"", "~/f.txt", "<(cat b.txt)"];

    private static readonly string[] Commands =
    [
        "cat ^", "cat ^ ^", "head -n 1 ^", "grep -c a ^", "sort ^", "wc -l ^", "cp ^ #", "mv ^ #", "rm -f #", "touch #", "tee # < ^", "sed -n 1p ^", "sed -i s/a/b/ a.txt", "awk '{print > \"#\"}' ^",
        "cat < ^", "echo hi > #", "echo hi >> b.txt", "x=a.txt", "cd pkg", "ls", "mkdir -p #", "find . -name '*.txt' -exec wc -c {} +", "cat ^ | sort | uniq", "echo a.txt | xargs cat", "find pkg -type f | xargs cat", "dd if=a.txt of=# status=none",
        "tar cf # pkg", "while read -r l; do cat \"$l\"; done < ^", "for f in *.txt; do cat \"$f\"; done", "test -f ^ && cat ^", "cut -c1 ^", "ln -s ^ #", "grep -r a pkg", "base64 ^", "diff ^ ^", "[[ -e a.txt ]] && cat a.txt", "eval 'cat b.txt'", "f() { cat \"$1\"; }; f ^",
    ];

    private static readonly string[] Frames = ["@", "@", "@", "@; @", "@ && @", "@ || @", "(@; @)", "{ @; @; }", "if @; then @; fi", "bash -c '%'", "env A=1 bash -c '%'", "timeout 5 cat ^", "nice cat ^", "bash <<< '%'", "echo $(@)", "! @", "@ &\nwait", "@ 2>/dev/null | cat"];

    [Fact]
    public void Of_LinesThatRun_PredictsWhatTheyDo()
    {
        using var bash = new TracedBash();
        var random = new Random(LongRuns.Seed);
        var misses = new List<string>();
        var (opaque, events) = (0, 0);
        var count = LongRuns.Count(150, 1_500);
        for (var i = 0; i < count; i++)
        {
            var line = Make(random);
            bash.MakeFiles();
            var report = LineAccesses.Of(line, bash.Facts);
            if (report.Opaque.Count > 0)
            {
                opaque++;
                continue;
            }

            var happened = bash.Run(line);
            events += happened.Count;
            misses.AddRange(happened.Where(e => !IsPredicted(report, e)).Select(e => $"{line}: {e.Verb} {e.Resource}"));
        }

        misses.Should().BeEmpty();
        events.Should().BeGreaterThan(2 * count);
        opaque.Should().BeLessThan(count / 10);
    }

    private static bool IsPredicted(LineReport report, TracedEvent happened)
    {
        // sed -i writes to a file of its own beside the named one and puts it in its place.
        if (happened.Verb != "read" && OwnFile().IsMatch(happened.Resource))
            return true;
        if (happened.Verb == "run")
            return report.Commands.Any(c => c.Words[0].IsKnown && Path.GetFileName(c.Words[0].Text) == happened.Resource);
        return report.Accesses.Any(a => Covers(a.Action, happened.Verb)
            && (a.Unknown || a.Resource == happened.Resource || (a.Subtree && happened.Resource.StartsWith(a.Resource.TrimEnd('/') + "/", StringComparison.Ordinal))));
    }

    // A file that is made anew, or put in another's place, is deleted on the way.
    private static bool Covers(string action, string verb) => action == verb + ":file" || (action == "write:file" && verb is "delete" or "read");

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
}
