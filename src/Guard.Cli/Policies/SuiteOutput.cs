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
        context.WriteLine($"{report.Suites.Count} {(report.Suites.Count == 1 ? "suite" : "suites")}, {report.Passed + report.Failed} {(report.Passed + report.Failed == 1 ? "case" : "cases")}: {report.Passed} passed, {report.Failed} failed.");
    }

    public static void WriteCoverage(CliContext context, IReadOnlyList<(SuiteRule Rule, bool IsMet)> rules)
    {
        context.WriteLine($"{rules.Count(r => r.IsMet)} of {rules.Count} rules are met by some case.{(rules.All(r => r.IsMet) ? "" : " Not met:")}");
        foreach (var (rule, _) in rules.Where(r => !r.IsMet)) context.WriteLine($"  policy {rule.Policy}, rule {rule.Rule}");
    }

    public static void WriteSurvivors(CliContext context, IReadOnlyList<SuiteRule> survivors, int rules)
    {
        context.WriteLine($"Without each of {rules} rules in turn: {rules - survivors.Count} times some case failed.{(survivors.Count == 0 ? "" : " No case notices the loss of:")}");
        foreach (var rule in survivors) context.WriteLine($"  policy {rule.Policy}, rule {rule.Rule}");
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
internal sealed record SuitesReport(int Passed, int Failed, IReadOnlyList<SuiteReport> Suites)
{
    /// <summary>With <c>--coverage</c>.</summary>
    public IReadOnlyList<SuiteRuleReport>? Rules { get; init; }

    /// <summary>With <c>--mutate</c>: rules whose loss no case notices.</summary>
    public IReadOnlyList<SuiteRuleReport>? Survivors { get; init; }
}

/// <summary>A rule of a policy under test. <paramref name="Met"/>: by some case.</summary>
internal sealed record SuiteRuleReport(string Policy, string Rule, bool Met);

/// <summary>How one suite went.</summary>
internal sealed record SuiteReport(string File, string Name, IReadOnlyList<SuiteCaseReport> Cases);

/// <summary>How one case went. <paramref name="Problem"/> null: as expected.</summary>
internal sealed record SuiteCaseReport(string Name, int Line, bool Passed, string Expected, string Decided, string? Policy, string? Rule, string? Problem);
