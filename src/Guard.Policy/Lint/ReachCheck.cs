using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Lint;

/// <summary>Rules that cannot decide anything, and approvals that ask twice.</summary>
internal static class ReachCheck
{
    public static IEnumerable<LintFinding> Run(LintContext context)
    {
        foreach (var (policy, rule) in context.Rules.Where(r => r.Policy.Tools is null && IsPlain(r.Rule)))
        {
            if (TierThatIsNever(policy, rule) is { } tier)
            {
                yield return context.Finding(DiagnosticCodes.LintNeverMatches, policy, rule, null, $"it never matches: it wants trust `{tier}`, and the policy is only for agents below", null, "lower `trust.atLeast`, or widen `appliesTo.trustTiers`");
                continue;
            }

            var witnesses = Witness.Of(rule.Definition).ToList();
            var own = witnesses.Where(w => Witness.Matches(policy, rule, w)).ToList();
            if (own.Count == 0)
            {
                if (IsSurelyEmpty(rule, witnesses))
                {
                    yield return context.Finding(DiagnosticCodes.LintNeverMatches, policy, rule, null, "it never matches: nothing that its comparisons name passes all of them", Witness.Show(witnesses[0]), "look at the keys that must hold together, and at `not`");
                }
            }
            else if (!rule.IsGenerous && ShadowOf(context, policy, own) is { } shadow)
            {
                yield return context.Finding(DiagnosticCodes.LintShadowed, policy, rule, null, $"it allows nothing: rule {shadow.Rule} of policy {shadow.Policy} denies all that it means", Witness.Show(own[0]), "remove it, or except it from the denial with `not`");
            }
            else if (rule.Definition.Effect == Effect.Approve && OverlapOf(context, policy, rule, own) is var (other, access) && other is not null)
            {
                yield return context.Finding(DiagnosticCodes.LintOverlap, policy, rule, null, $"rule {other} asks for another approval of the same", Witness.Show(access!), "let the two mean different things, or name one workflow");
            }
        }
    }

    // Of these nothing can be tried out: what they depend on is not in the policy.
    private static bool IsPlain(RuleCompiled rule) => rule is { When: null, Time: null, Context.IsEmpty: true } && rule.Definition.Resource?.Regex is null or { IsEmpty: true };

    private static string? TierThatIsNever(PolicyCompiled policy, RuleCompiled rule) =>
        rule.Definition.TrustAtLeast is { } atLeast && policy.Definition.AppliesTo?.TrustTiers is { IsEmpty: false } tiers && tiers.All(t => t < atLeast)
            ? atLeast.ToString().ToLowerInvariant()
            : null;

    // `equals` names everything that the rule can mean; a `not` that takes a pattern of its own block takes all of it.
    private static bool IsSurelyEmpty(RuleCompiled rule, List<RequestedAccess> witnesses) =>
        witnesses.Count > 0 && rule.Definition.Resource is { } block
        && (!block.EqualTo.IsEmpty || (block.Not is { } not && !block.Matches.IsEmpty && block.Matches.All(m => not.Matches.Contains(m))));

    private static RuleMatch? ShadowOf(LintContext context, PolicyCompiled policy, List<RequestedAccess> own)
    {
        RuleMatch? shadow = null;
        foreach (var access in own)
        {
            var decision = Evaluator.Evaluate(context.Bundle, Witness.Request(access, policy.Definition));
            var denial = decision.Matched.FirstOrDefault(m => m is { Effect: Effect.Deny, OnTrial: false } && IsCertain(context, policy, m));
            if (denial.Rule is null)
            {
                return null;
            }

            shadow ??= denial;
        }

        return shadow;
    }

    /// <summary>
    /// Whether the denial holds for every call that the rule means. What the made-up call does not state (the tool's input, the client's
    /// facts, the time) makes a denial match here that would leave other calls alone.
    /// </summary>
    private static bool IsCertain(LintContext context, PolicyCompiled policy, RuleMatch denial) => context.Rules.Any(r =>
        r.Policy.Name == denial.Policy && r.Rule.Definition.Id == denial.Rule && r.Policy.Tools is null
        && (ReferenceEquals(r.Policy, policy) || r.Policy.AppliesTo is null)
        && r.Rule is { When: null, Time: null, Context.IsEmpty: true, Definition.TrustAtLeast: null });

    private static (string? Rule, RequestedAccess? Access) OverlapOf(LintContext context, PolicyCompiled policy, RuleCompiled rule, List<RequestedAccess> own)
    {
        foreach (var (otherPolicy, other) in context.Rules.Where(r => r.Rule.Definition.Effect == Effect.Approve && r.Policy.Tools is null && !ReferenceEquals(r.Rule, rule)))
        {
            // Each pair once.
            if (other.Definition.Approval?.Workflow != rule.Definition.Approval?.Workflow && string.CompareOrdinal(other.Definition.Id, rule.Definition.Id) > 0
                && own.Find(w => Witness.Matches(otherPolicy, other, w)) is { } access)
            {
                return (other.Definition.Id, access);
            }
        }

        return (null, null);
    }
}
