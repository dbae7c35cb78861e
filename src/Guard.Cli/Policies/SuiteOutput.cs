using Guard.Cli.Terminal;
using Guard.Policy.Suites;

namespace Guard.Cli.Policies;

/// <summary>Shows how suites went, as a tree.</summary>
internal static class SuiteOutput
{
    public static void Write(CliContext context, IReadOnlyList<SuiteResult> results)
    {
        foreach (var result in results)
        {
            context.WriteLine($"{result.Suite.Path}: {result.Suite.Name}");
            foreach (var c in result.Cases)
                context.WriteLine(c.Passed ? $"  ok    {c.Case.Name}" : $"  FAIL  {c.Case.Name} ({result.Suite.Path}:{c.Case.Line}): {c.Problem}");
        }

        var report = ReportOf(results);
        context.WriteLine($"{report.Suites.Count} suites, {report.Passed + report.Failed} cases: {report.Passed} passed, {report.Failed} failed.");
    }

    public static SuitesReport ReportOf(IReadOnlyList<SuiteResult> results) => new(
        results.Sum(r => r.Cases.Count(c => c.Passed)),
        results.Sum(r => r.Cases.Count(c => !c.Passed)),
        [
            .. results.Select(r => new SuiteReport(
                r.Suite.Path,
                r.Suite.Name,
                [
                    .. r.Cases.Select(c => new SuiteCaseReport(
                        c.Case.Name, c.Case.Line, c.Passed, OfflineTrial.NameOf(c.Case.Expected), OfflineTrial.NameOf(c.Decision.Effect), c.Decision.Policy, c.Decision.Rule, c.Problem)),
                ])),
        ]);
}

/// <summary>Result of <c>guard policy test PATH... --json</c>.</summary>
internal sealed record SuitesReport(int Passed, int Failed, IReadOnlyList<SuiteReport> Suites);

/// <summary>How one suite went.</summary>
internal sealed record SuiteReport(string File, string Name, IReadOnlyList<SuiteCaseReport> Cases);

/// <summary>How one case went. <paramref name="Problem"/> null: as expected.</summary>
internal sealed record SuiteCaseReport(string Name, int Line, bool Passed, string Expected, string Decided, string? Policy, string? Rule, string? Problem);
