using System.Collections.Immutable;
using Guard.Policy.Compilation;

namespace Guard.Policy.Lint;

/// <summary>
/// Looks through valid policies for what probably means something else than it reads. Every finding that speaks of a match
/// was tried on the policies themselves; what it does not find may still be there.
/// </summary>
public static class Linter
{
    private static readonly ImmutableArray<Func<LintContext, IEnumerable<LintFinding>>> Checks =
        [ReasonCheck.Run, CommandTextCheck.Run, WebTextCheck.Run, PathTextCheck.Run, BraceCheck.Run, ReachCheck.Run, CoverageCheck.Run, CredentialCheck.Run];

    /// <summary>By file and place. Empty where the documents have errors: those are the compiler's to report.</summary>
    public static IReadOnlyList<LintFinding> Run(IReadOnlyList<PolicySource> sources)
    {
        if (PolicyCompiler.Compile(sources, FloorSettings.Default).Bundle is not { } bundle)
        {
            return [];
        }

        var places = sources.DistinctBy(s => s.Path, StringComparer.Ordinal).ToDictionary(s => s.Path, s => new RulePlaces(s), StringComparer.Ordinal);
        var context = new LintContext(bundle, places);
        return
        [
            .. Checks.SelectMany(check => check(context)).Distinct()
                .OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column).ThenBy(f => f.Code, StringComparer.Ordinal),
        ];
    }
}

/// <summary>What checks look at.</summary>
internal sealed record LintContext(PolicyBundle Bundle, IReadOnlyDictionary<string, RulePlaces> Places)
{
    /// <summary>Every rule that is in force.</summary>
    public IEnumerable<(PolicyCompiled Policy, RuleCompiled Rule)> Rules =>
        Bundle.Compiled.SelectMany(p => p.Rules.Where(r => !r.Definition.OnTrial).Select(r => (p, r)));

    public LintFinding Finding(string code, PolicyCompiled policy, RuleCompiled rule, string? text, string message, string? example, string fix)
    {
        var places = Places[policy.Definition.Path];
        var at = text is null ? places.Of(rule.Definition.Id) : places.Of(rule.Definition.Id, text);
        return new LintFinding(code, policy.Definition.Path, at.Line, at.Column, policy.Name, rule.Definition.Id, message, example, fix);
    }
}
