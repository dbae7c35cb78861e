using Guard.Agents;
using Guard.Gateway.Decisions;
using Guard.Policy;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>Decides a call on this machine, by policies that need not be in force anywhere.</summary>
internal static class OfflineTrial
{
    public static TrialReport Run(PolicyBundle bundle, AgentFacts agent, AdaptedCall call, DateTimeOffset now)
    {
        var decision = Decide(bundle, agent, call, now, explain: true);
        return new TrialReport
        {
            Agent = agent.Name,
            Effect = NameOf(decision.Effect),
            Granted = decision.Granted,
            Policy = decision.Policy,
            Rule = decision.Rule,
            Reason = decision.Reason,
            Bundle = bundle.Hash,
            Accesses = call.Accesses,
            Matched = [.. decision.Matched.Select(m => new MatchedRule { Policy = m.Policy, Rule = m.Rule, Effect = NameOf(m.Effect), Access = m.Access, OnTrial = m.OnTrial })],
            Trace =
            [
                .. decision.Trace.Select(t => new RuleTrace
                {
                    Policy = t.Policy, Rule = t.Rule, Effect = NameOf(t.Effect), Access = t.Access, Matched = t.Matched, Because = t.Because,
                }),
            ],
        };
    }

    public static Decision Decide(PolicyBundle bundle, AgentFacts agent, AdaptedCall call, DateTimeOffset now, bool explain) => Evaluator.Evaluate(
        bundle,
        new EvaluationRequest
        {
            Agent = agent,
            Accesses = [.. call.Accesses.Select(RequestedAccesses.Of)],
            Workspace = call.Call.Workspace is { } place ? new WorkspaceFact { Folder = Spelling(place) } : WorkspaceFact.NotStated,
            Homes = [.. (call.Call.Homes ?? []).Select(Spelling)],
            Context = new ContextFacts { PermissionMode = call.Call.PermissionMode, Client = call.Call.Client, Project = call.Call.Project, Branch = call.Call.Branch, Host = call.Call.Host },
            Tool = call.Call.Input is null ? null : ToolFact.Of(call.Call.Tool, call.Call.Input, [.. call.Accesses.Where(a => a.Primary).Select(RequestedAccesses.Of)]),
            Now = now,
        },
        explain);

    public static string NameOf(Effect effect) => effect switch
    {
        Effect.Allow => Effects.Allow,
        Effect.Ask => Effects.Ask,
        Effect.Approve => Effects.Approve,
        _ => Effects.Deny,
    };

    private static FolderSpelling Spelling(Place place) => new(place.Written, place.Real);
}
