using System.Collections.Immutable;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Lint;

/// <summary>What one call would get before and after a change of policies.</summary>
/// <param name="Access"><c>action resource</c>.</param>
/// <param name="Agent">Tags and trust tier of the agent that asks, as the policies name them.</param>
/// <param name="Before">What is decided now.</param>
/// <param name="After">What would be decided.</param>
public sealed record DecisionChange(string Access, string Agent, Decision Before, Decision After)
{
    public bool IsNewlyAllowed => After.Effect == Effect.Allow;

    public bool IsLooser => After.Effect < Before.Effect;
}

/// <summary>
/// Compares policies by what they decide, on calls that their own rules suggest. It shows that something changes, never that nothing
/// does.
/// </summary>
public static class BundleComparison
{
    private const int MaxAccesses = 5_000;
    private const int MaxAgents = 12;

    /// <summary>Newly allowed first, then what becomes weaker, then what becomes stricter. And how many calls were tried.</summary>
    public static (IReadOnlyList<DecisionChange> Changes, int Tried) Compare(PolicyBundle before, PolicyBundle after)
    {
        var policies = before.Compiled.Concat(after.Compiled).ToList();
        var accesses = policies.SelectMany(p => p.Rules).SelectMany(r => Witness.Of(r.Definition)).DistinctBy(a => (a.Action, a.Resource)).Take(MaxAccesses).ToList();
        var agents = policies.Select(p => p.Definition).DistinctBy(p => Agent(Witness.Request(Nothing, p).Agent)).Take(MaxAgents).ToList();
        var changes = new List<DecisionChange>();
        foreach (var policy in agents)
        {
            foreach (var access in accesses)
            {
                var request = Witness.Request(access, policy);
                var (was, becomes) = (Evaluator.Evaluate(before, request), Evaluator.Evaluate(after, request));
                if (was.Effect != becomes.Effect)
                {
                    changes.Add(new DecisionChange(Witness.Show(access), Agent(request.Agent), was, becomes));
                }
            }
        }

        ImmutableArray<DecisionChange> ordered =
        [
            .. changes.OrderByDescending(c => c.IsNewlyAllowed).ThenByDescending(c => c.IsLooser)
                .ThenBy(c => c.Access, StringComparer.Ordinal).ThenBy(c => c.Agent, StringComparer.Ordinal),
        ];
        return (ordered, accesses.Count * agents.Count);
    }

    private static RequestedAccess Nothing { get; } = new() { Action = "invoke:x", Resource = "" };

    private static string Agent(AgentFacts agent) =>
        $"{(agent.Tags.Count == 0 ? "no tags" : string.Join(", ", agent.Tags.Select(t => Diagnostics.Shown.Text(t, 64))))}; {agent.TrustTier.ToString().ToLowerInvariant()}{(agent.Groups.Count == 0 ? "" : "; of " + string.Join(", ", agent.Groups.Select(g => Diagnostics.Shown.Text(g, 64))))}";
}
