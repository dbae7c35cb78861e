using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Suites;

/// <summary>A rule of a policy that suites are about.</summary>
/// <param name="Policy">The policy's name.</param>
/// <param name="Rule">The rule's id.</param>
public readonly record struct SuiteRule(string Policy, string Rule);

/// <summary>How far suites look at the rules of the policies that they are about.</summary>
public static class SuiteCoverage
{
    /// <summary>Every rule, and whether some case met it. Rules on trial count as the others.</summary>
    public static IReadOnlyList<(SuiteRule Rule, bool IsMet)> Rules(IReadOnlyList<(SuiteResult Result, PolicyBundle Bundle)> runs)
    {
        var met = runs.SelectMany(r => r.Result.Cases).SelectMany(c => c.Decision.Matched).Select(m => new SuiteRule(m.Policy, m.Rule)).ToHashSet();
        return [.. All(runs.Select(r => r.Bundle)).Select(rule => (rule, met.Contains(rule)))];
    }

    /// <summary>Rules without which every case of every suite still goes as expected: nothing would notice if one got lost.</summary>
    /// <param name="runs">Suites that passed, with what they were judged by.</param>
    /// <param name="adapt">Turns a client's tool call into accesses in the stated file tree of its case.</param>
    public static IReadOnlyList<SuiteRule> Survivors(
        IReadOnlyList<(SuiteResult Result, PolicyBundle Bundle)> runs, Func<SuiteToolCall, PolicyBundle, IReadOnlyList<RequestedAccess>> adapt) =>
        [.. All(runs.Select(r => r.Bundle)).Where(rule => !runs.Any(run => Notices(run.Result.Suite, run.Bundle, rule, adapt)))];

    private static bool Notices(Suite suite, PolicyBundle bundle, SuiteRule rule, Func<SuiteToolCall, PolicyBundle, IReadOnlyList<RequestedAccess>> adapt) =>
        Without(bundle, rule) is { } less && suite.Cases.Any(c => !SuiteRunner.Run(suite with { Cases = [c] }, less, call => adapt(call, less)).Passed);

    private static PolicyBundle? Without(PolicyBundle bundle, SuiteRule rule)
    {
        var place = bundle.Compiled.ToList().FindIndex(p => p.Name == rule.Policy);
        if (place < 0)
        {
            return null;
        }

        var policy = bundle.Compiled[place];
        var less = policy.Tools is { } tools
            ? policy with { Tools = tools with { Entries = [.. tools.Entries.Select(e => e with { Conditions = [.. e.Conditions.Where(c => c.Rule.Definition.Id != rule.Rule)] })] } }
            : policy with { Rules = [.. policy.Rules.Where(r => r.Definition.Id != rule.Rule)] };
        return new PolicyBundle(bundle.Hash, bundle.Compiled.SetItem(place, less), bundle.Floor);
    }

    // Of the tools dialect the conditions: what holds where none matches is the entry itself.
    private static ImmutableArray<SuiteRule> All(IEnumerable<PolicyBundle> bundles) =>
        [.. bundles.SelectMany(b => b.Compiled).SelectMany(Of).Distinct().OrderBy(r => r.Policy, StringComparer.Ordinal)];

    private static IEnumerable<SuiteRule> Of(PolicyCompiled policy) => policy.Tools is { } tools
        ? tools.Entries.SelectMany(e => e.Conditions).Select(c => new SuiteRule(policy.Name, c.Rule.Definition.Id))
        : policy.Rules.Select(r => new SuiteRule(policy.Name, r.Definition.Id));
}
