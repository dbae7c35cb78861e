using Guard.Shell.Analysis;
using Guard.Shell.Expansion;
using Guard.Shell.Tests.Bash;
using Guard.Shell.Tests.Expansion;
using Xunit.Abstractions;

namespace Guard.Shell.Tests.Analysis;

/// <summary>Random lines are run: every program that bash looks for, with its arguments and folder, was foreseen.</summary>
public sealed class LineAnalysisOracleTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Programs do not exist; bash's own hook for missing programs records each with its folder.</summary>
    private const string Script =
        """
        command_not_found_handle() { local record; printf -v record '%s\x1f' "$PWD" "$@"; printf '%s\x1e' "$record" >&9; [[ $1 == ok* ]]; }
        PATH=/nonexistent
        unset OLDPWD
        FUNCNEST=6
        start=$PWD
        while IFS= read -r -d '' line; do
          ( eval "$line" ) 9>&1 >/dev/null 2>/dev/null </dev/null
          # $((n > 1) ...) writes a file, which the next line must not find.
          for left in "$start"/* "$start"/*/* "$start"/*/*/*; do [[ -f $left ]] && /bin/rm -f "$left"; done
          printf '\0'
        done
        """;

    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("guard-analysis-");

    [Fact]
    public void Of_RandomLine_ForeseesWhatBashRuns()
    {
        var folder = _parent.CreateSubdirectory("w").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "d1", "d2"));
        Directory.CreateDirectory(Path.Combine(folder, "d3"));
        var state = new ShellState { WorkingDirectory = folder, InheritsRest = true }.With("PWD", ShellValue.Of(folder)).With("HOME", ShellValue.Of(folder + "/d3")).With("CDPATH", ShellValue.Unset);

        var generator = new FlowGenerator(new Random(LongRuns.Seed + 6));
        var lines = Enumerable.Range(0, LongRuns.Count(400, 60_000)).Select(_ => generator.Line()).ToList();
        var runs = BashProcess.Run(Script, lines, folder, new Dictionary<string, string> { ["HOME"] = folder + "/d3" });
        runs.Should().HaveCount(lines.Count);

        var (records, exact, missed) = (0, 0, new List<string>());
        for (var i = 0; i < lines.Count; i++)
        {
            var analysis = LineAnalysis.Of(lines[i], state, MachineFiles.Instance);
            if (analysis.Script is null)
                continue;
            var commands = analysis.Steps.OfType<ShellCommand>().ToList();
            exact += analysis.Steps.OfType<OpaqueStep>().Any() ? 0 : 1;
            if (analysis.Steps.OfType<OpaqueStep>().Any(o => o.Code is OpacityCode.TooManySteps or OpacityCode.Recursion or OpacityCode.UnknownCode))
                continue;
            foreach (var record in runs[i].Split('\x1e', StringSplitOptions.RemoveEmptyEntries))
            {
                records++;
                var fields = record.Split('\x1f')[..^1];
                if (!commands.Any(c => Foresees(c, fields[0], fields[1..])))
                    missed.Add($"{lines[i]}\n   bash ran: {string.Join(" | ", fields)}\n   foreseen: {string.Join("\n             ", commands.Select(c => c.WorkingDirectory + " $ " + string.Join(" ", c.Words)))}");
            }
        }

        output.WriteLine($"{lines.Count} lines, {exact} without opaque parts, {records} programs looked for, {missed.Count} not foreseen");
        foreach (var miss in missed.OrderBy(m => m.Length).Take(12))
            output.WriteLine("MISSED: " + miss);
        missed.Should().BeEmpty();
        records.Should().BeGreaterThan(lines.Count);
        exact.Should().BeGreaterThan(lines.Count / 4);
    }

    [Fact]
    public void Of_SyntacticallyRandomLine_NeverThrows()
    {
        var random = new Random(LongRuns.Seed + 7);
        var generator = new Syntax.LineGenerator(random);
        for (var i = LongRuns.Count(5_000, 1_000_000); i > 0; i--)
        {
            var line = i % 2 == 0 ? generator.Line() : generator.Mutate(generator.Line(), generator.Line());
            var analysis = LineAnalysis.Of(line, new ShellState(), null);
            (analysis.Script is null).Should().Be(analysis.Refusal is not null);
            analysis.Steps.Length.Should().BeLessThanOrEqualTo(AnalysisLimits.Default.Steps + 1);
        }
    }

    public void Dispose() => _parent.Delete(recursive: true);

    private static bool Foresees(ShellCommand command, string folder, string[] words) =>
        !command.Words.IsEmpty && ExpansionOracle.Allows(command.Words, words) && (command.WorkingDirectory is null || command.WorkingDirectory == folder);
}
