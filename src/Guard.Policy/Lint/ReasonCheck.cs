using Guard.Policy.Diagnostics;

namespace Guard.Policy.Lint;

/// <summary>Rules that stop an agent without telling it what to do instead.</summary>
internal static class ReasonCheck
{
    public static IEnumerable<LintFinding> Run(LintContext context)
    {
        foreach (var (policy, rule) in context.Rules.Where(r => r.Rule.IsGenerous && r.Rule.Definition.Reason is null && IsDenial(r.Rule.Definition)))
        {
            var key = policy.Tools is null ? "reason" : "message";
            yield return context.Finding(DiagnosticCodes.LintNoReason, policy, rule, null, $"it denies without a `{key}`, so the agent tries again", null, $"add a `{key}` that says what to do instead");
        }
    }

    private static bool IsDenial(RuleDefinition rule) => rule.Effect == Effect.Deny;
}
