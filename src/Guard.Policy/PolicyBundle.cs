using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;

namespace Guard.Policy;

/// <summary>
/// All policies in force together with the floor, compiled. Immutable: a change of policy makes another bundle.
/// </summary>
public sealed class PolicyBundle
{
    internal PolicyBundle(string hash, ImmutableArray<PolicyCompiled> compiled, FloorCompiled floor)
    {
        Hash = hash;
        Compiled = compiled;
        Floor = floor;
        Policies = compiled.Select(c => c.Definition).ToImmutableArray();
    }

    /// <summary><c>sha256:</c> of the content of all policies and the floor's settings; the order of policies does not count.</summary>
    public string Hash { get; }

    /// <summary>By name, ordinal.</summary>
    public IReadOnlyList<PolicyDefinition> Policies { get; }

    internal ImmutableArray<PolicyCompiled> Compiled { get; }

    internal FloorCompiled Floor { get; }

    /// <summary>Whether a policy applies to the agent, or would with a context that is not known here.</summary>
    public bool MayApply(string policy, AgentFacts agent) =>
        Compiled.Any(p => p.Definition.Name == policy && p.AppliesTo?.To(agent, new ContextFacts()) != Applicability.No);

    /// <summary>What the policies that apply to the agent ask of the record.</summary>
    public AuditDefinition AuditFor(AgentFacts agent, ContextFacts context) =>
        AuditDefinition.Combine(Compiled.Where(p => p.AppliesTo?.To(agent, context) != Applicability.No).Select(p => p.Definition));
}
