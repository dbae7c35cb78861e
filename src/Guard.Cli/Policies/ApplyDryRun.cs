using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Policy;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;
using Guard.Policy.Lint;

namespace Guard.Cli.Policies;

/// <summary><c>guard policy apply --dry-run</c>: what would be decided otherwise, tried on this machine; nothing is applied.</summary>
internal static class ApplyDryRun
{
    private const int MaxShown = 50;

    public static async Task<DryRunReport> RunAsync(CliContext context, GatewayClient client, IReadOnlyList<PolicySource> files, CancellationToken cancel)
    {
        var inForce = new List<(string Name, PolicySource Source)>();
        foreach (var policy in (await client.GetPoliciesAsync(cancel)).Policies)
        {
            var document = await client.GetPolicyAsync(policy.Name, cancel);
            inForce.Add((policy.Name, new PolicySource(document.Path, document.Text)));
        }

        var alone = PolicyCompiler.Compile(files, FloorSettings.Default);
        var replaced = (alone.Bundle?.Policies ?? []).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        var after = PolicyCompiler.Compile([.. inForce.Where(p => !replaced.Contains(p.Name)).Select(p => p.Source), .. files], FloorSettings.Default);
        var before = PolicyCompiler.Compile([.. inForce.Select(p => p.Source)], FloorSettings.Default);
        DiagnosticOutput.Write(context, alone.Diagnostics.Union(after.Diagnostics).Select(DiagnosticOutput.ToWire));
        if (alone.Bundle is null || after.Bundle is not { } next)
            throw new CliException(ExitCodes.BadDocument, $"{DiagnosticOutput.Count(alone.Diagnostics.Union(after.Diagnostics).Count(d => d.Severity == Severity.Error))}: these policies would not be applied");
        if (before.Bundle is not { } now) throw CliException.Refused("the policies in force were written for another version of guard, so there is nothing to compare with");

        var (changes, tried) = BundleComparison.Compare(now, next);
        return new DryRunReport(tried, [.. changes.Select(Entry)]);
    }

    public static void Write(CliContext context, DryRunReport report)
    {
        foreach (var change in report.Changes.Take(MaxShown))
        {
            var word = change.NewlyAllowed ? "newly allowed" : $"{change.Before} -> {change.After}";
            context.WriteLine($"{word}: {change.Access} (agent: {change.Agent}; before {change.Before} by {change.BeforeBy}, after {change.After} by {change.AfterBy})");
        }

        if (report.Changes.Count > MaxShown) context.WriteLine($"and {report.Changes.Count - MaxShown} more; --json shows all");
        context.WriteLine(report.Changes.Count == 0
            ? $"Nothing of {report.Tried} calls that the rules suggest would be decided otherwise. Nothing was applied."
            : $"{report.Changes.Count} of {report.Tried} calls that the rules suggest would be decided otherwise. Nothing was applied.");
    }

    private static DryRunChange Entry(DecisionChange c) => new(
        c.IsNewlyAllowed, c.Access, c.Agent, OfflineTrial.NameOf(c.Before.Effect), By(c.Before), OfflineTrial.NameOf(c.After.Effect), By(c.After));

    private static string By(Decision decision) => decision.Policy is null ? "no rule" : $"{decision.Policy}/{decision.Rule}";
}

/// <summary>Result of <c>guard policy apply --dry-run --json</c>.</summary>
internal sealed record DryRunReport(int Tried, IReadOnlyList<DryRunChange> Changes);

/// <summary>A call that would be decided otherwise.</summary>
internal sealed record DryRunChange(bool NewlyAllowed, string Access, string Agent, string Before, string BeforeBy, string After, string AfterBy);
