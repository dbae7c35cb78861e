using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Documents;
using Guard.Policy.Evaluation;
using Guard.Policy.Indexing;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>
/// All policies in force together with the floor, compiled. Immutable: a change of policy makes another bundle.
/// </summary>
public sealed class PolicyBundle
{
    /// <summary>What the wire carries at most.</summary>
    private const int MaxWalkNames = 2048;
    private const int MaxWalkNameLength = 512;

    internal PolicyBundle(string hash, ImmutableArray<PolicyCompiled> compiled, FloorCompiled floor)
    {
        Hash = hash;
        Compiled = compiled;
        Floor = floor;
        Index = RuleIndex.Of(compiled);
        ToolPolicies = [.. Enumerable.Range(0, compiled.Length).Where(p => compiled[p].Tools is not null)];
        Policies = compiled.Select(c => c.Definition).ToImmutableArray();
        WalkNames = Names(compiled, floor);
        WalkId = "sha256:" + CanonicalForm.Digest(string.Join('\n', WalkNames));
    }

    /// <summary><c>sha256:</c> of the content of all policies and the floor's settings; the order of policies does not count.</summary>
    public string Hash { get; }

    /// <summary>By name, ordinal.</summary>
    public IReadOnlyList<PolicyDefinition> Policies { get; }

    /// <summary>
    /// Names of files that some deny, approve or ask rule, or the floor, could mean, for the walk through subtrees: see
    /// <see cref="RequestedAccess.Walked"/>. Sorted; the same for every agent. Empty where there are too many to be looked for.
    /// </summary>
    public IReadOnlyList<string> WalkNames { get; }

    /// <summary><c>sha256:</c> of <see cref="WalkNames"/>.</summary>
    public string WalkId { get; }

    internal ImmutableArray<PolicyCompiled> Compiled { get; }

    internal FloorCompiled Floor { get; }

    /// <summary>Of the rules dialect.</summary>
    internal RuleIndex Index { get; }

    /// <summary>The places of the policies of the tools dialect.</summary>
    internal ImmutableArray<int> ToolPolicies { get; }

    /// <summary>Whether a policy applies to the agent, or would with a context that is not known here.</summary>
    public bool MayApply(string policy, AgentFacts agent) =>
        Compiled.Any(p => p.Definition.Name == policy && p.AppliesTo?.To(agent, new ContextFacts()) != Applicability.No);

    /// <summary>What the policies that apply to the agent ask of the record.</summary>
    public AuditDefinition AuditFor(AgentFacts agent, ContextFacts context) =>
        AuditDefinition.Combine(Compiled.Where(p => p.AppliesTo?.To(agent, context) != Applicability.No).Select(p => p.Definition));

    /// <summary>
    /// The longest retention, in days, that the policies state which apply to the agent, certainly or possibly; null: none of them
    /// states one.
    /// </summary>
    public int? RetentionFor(AgentFacts agent, ContextFacts context)
    {
        int? longest = null;
        foreach (var policy in Compiled)
        {
            // On the way of every event: whom a policy applies to is only asked where the answer counts.
            if (policy.Definition.Audit?.RetentionDays is { } days && !(days <= longest) && policy.AppliesTo?.To(agent, context) != Applicability.No)
            {
                longest = days;
            }
        }

        return longest;
    }

    private static ImmutableArray<string> Names(ImmutableArray<PolicyCompiled> policies, FloorCompiled floor)
    {
        ImmutableArray<string> names =
        [
            .. policies.Add(floor.Policy).SelectMany(p => p.Rules).SelectMany(r => r.WalkNames ?? [])
                .Concat(floor.Protected.SelectMany(p => FileNames.Of(new ResourceDefinition { Matches = [p.Text + "/**"] }) ?? []))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        return names.Length > MaxWalkNames || names.Any(n => n.Length > MaxWalkNameLength) ? [] : names;
    }
}
