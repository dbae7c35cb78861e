using Guard.Gateway.Policies;
using Guard.Policy.Evaluation;

namespace Guard.Gateway.Audit;

/// <summary>
/// How long an event is kept: a number of days that is fixed when it is recorded, and <see cref="None"/> where nothing states one.
/// </summary>
/// <remarks>
/// INVARIANT (never shortened): the class of what is in the record stays, whatever becomes of the policies that it came from, so who
/// may apply policies cannot end what was recorded before. A workspace's own policy has no say in it, as it has none in redaction.
/// </remarks>
internal static class RetentionClass
{
    /// <summary>Kept until somebody ends it by hand.</summary>
    public const int None = 0;

    /// <summary>By the policies that apply to the agent, certainly or possibly.</summary>
    /// <param name="snapshot">In force.</param>
    /// <param name="agent">Whose event it is.</param>
    /// <param name="context">What is known of it; nothing known makes more policies possible.</param>
    public static int Of(BundleInForce snapshot, AgentFacts agent, ContextFacts? context = null) =>
        snapshot.Retentions.Count == 0 ? None : snapshot.Bundle.RetentionFor(agent, context ?? new ContextFacts()) ?? None;

    /// <summary>Of events that are about no agent, or about one of whom too little is known: the longest that any policy states.</summary>
    /// <param name="retentions">Those that policies in force state, the shortest first.</param>
    public static int Longest(IReadOnlyList<int> retentions) => retentions.Count == 0 ? None : retentions[^1];
}
