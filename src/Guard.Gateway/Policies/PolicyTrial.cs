using Guard.Gateway.Agents;
using Guard.Gateway.Decisions;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Gateway.Policies;

/// <summary>Asks the bundle in force what it would decide for an agent, with every rule's answer, and records nothing.</summary>
internal sealed class PolicyTrial(AgentService agents, DecisionService decisions, TimeProvider clock)
{
    /// <exception cref="Hosting.RefusedException">400: the call is not valid. 404: no such agent.</exception>
    public TestPolicyResponse Run(TestPolicyRequest request)
    {
        var (response, decision) = decisions.Try(Identity(agents.Find(request.Agent)), new DecisionRequest
        {
            Version = Wire.Version,
            TraceId = Ids.New(clock.GetUtcNow()),
            Hook = new HookInfo { Version = "policy-test", Analyser = Wire.AnalyserVersion },
            Call = request.Call,
            Accesses = request.Accesses,
            Walk = request.Walk,
        });
        return new TestPolicyResponse
        {
            Decision = response,
            Matched = decision is null ? [] : DecisionEvent.Matched(decision),
            Trace = [.. (decision?.Trace ?? []).Select(static tried => new RuleTrace
            {
                Policy = tried.Policy,
                Rule = tried.Rule,
                Effect = EffectNames.Of(tried.Effect),
                Access = tried.Access,
                Matched = tried.Matched,
                Because = tried.Because,
            })],
        };
    }

    private static AgentIdentity Identity(AgentInfo agent) => new()
    {
        Facts = new AgentFacts { Id = agent.Id, Name = agent.Name, Tags = agent.Tags, TrustTier = TrustTiers.Parse(agent.TrustTier), Owner = agent.Owner },
        Organisation = agent.Organisation,
        Owner = agent.Owner,
        AuditModeAllowed = agent.AuditModeAllowed,
    };
}
