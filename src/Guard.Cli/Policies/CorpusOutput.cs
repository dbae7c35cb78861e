using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>A corpus's report for people: what was not decided as expected, and the counts.</summary>
internal static class CorpusOutput
{
    private const int MaxReason = 160;

    public static void Write(CliContext context, CorpusReport report)
    {
        foreach (var row in report.Failing)
        {
            context.WriteLine($"line {row.Line}: expected {row.Expected}, decided {row.Decided}: {DisplayText.Clean(row.Command, MaxReason)}");
            context.WriteLine($"    {DisplayText.Clean(row.Reason, MaxReason)}");
        }

        context.WriteLine($"{report.Rows} rows: {report.Passed} as expected, {report.Leaks} leaks, {report.FalsePositives} false positives");
    }
}
