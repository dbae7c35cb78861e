using Guard.Gateway.Identity;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>The audit event of a decision.</summary>
internal static class DecisionEvent
{
    public static AuditEvent Of(AgentIdentity agent, DecisionRequest request, Judged judged, DecisionResponse response, DateTimeOffset now)
    {
        var primary = request.Accesses.FirstOrDefault(static access => access.Primary) ?? request.Accesses[0];
        return new AuditEvent
        {
            Id = response.EventId,
            Time = now,
            Kind = AuditKinds.Decision,
            Organisation = agent.Organisation,
            Owner = agent.Owner,
            AgentId = agent.Facts.Id,
            AgentName = agent.Facts.Name,
            AgentLabel = request.Hook.AgentName,
            Installation = request.Hook.Installation,
            Sequence = request.Hook.Sequence,
            HookVersion = request.Hook.Version,
            ClientVersion = request.Hook.ClientVersion,
            Analyser = request.Hook.Analyser,
            SessionId = request.Call.SessionId,
            TraceId = request.TraceId,
            ToolUseId = request.Call.ToolUseId,
            PromptId = request.Call.PromptId,
            Client = request.Call.Client,
            ClientEvent = request.Call.Event,
            Tool = request.Call.Tool,
            Input = request.Call.Input,
            Cwd = request.Call.Cwd,
            Workspace = request.Call.Workspace,
            PermissionMode = request.Call.PermissionMode,
            SubagentId = request.Call.SubagentId,
            SubagentType = request.Call.SubagentType,
            Project = request.Call.Project,
            Branch = request.Call.Branch,
            WorkspacePolicy = request.Call.Policy?.Digest,
            Action = primary.Action,
            Resource = primary.Resource,
            Accesses = request.Accesses,
            Effect = response.Effect,
            Answer = response.Answer,
            Mode = response.Mode,
            Granted = response.Granted,
            Policy = response.Policy,
            Rule = response.Rule,
            Reason = response.Reason,
            Bundle = response.Bundle,
            Matched = Matched(judged.Decision),
            Errors = judged.Decision.Errors.Count == 0 ? null : judged.Decision.Errors,
        };
    }

    public static IReadOnlyList<MatchedRule> Matched(Decision decision) =>
        [.. decision.Matched.Select(static match => new MatchedRule { Policy = match.Policy, Rule = match.Rule, Effect = EffectNames.Of(match.Effect), Access = match.Access, OnTrial = match.OnTrial })];
}
