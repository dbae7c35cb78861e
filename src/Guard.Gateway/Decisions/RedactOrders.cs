using Guard.Policy;
using Guard.Policy.Evaluation;

namespace Guard.Gateway.Decisions;

/// <summary>What policies order erased before a call is recorded.</summary>
internal static class RedactOrders
{
    /// <summary>By the policies that apply to the agent.</summary>
    public static IReadOnlyList<string> Of(PolicyBundle bundle, AgentFacts agent, ContextFacts context) =>
        HasNone(bundle) ? [] : bundle.AuditFor(agent, context).Redact;

    /// <summary>By all policies.</summary>
    public static IReadOnlyList<string> Of(PolicyBundle bundle) =>
        HasNone(bundle) ? [] : [.. bundle.Policies.SelectMany(static policy => policy.Audit?.Redact ?? []).Distinct(StringComparer.Ordinal)];

    // The usual case, on the way of every decision.
    private static bool HasNone(PolicyBundle bundle)
    {
        foreach (var policy in bundle.Policies)
        {
            if (policy.Audit is { Redact.Length: > 0 })
            {
                return false;
            }
        }

        return true;
    }
}
