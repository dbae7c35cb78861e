using Guard.Gateway.Identity;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>Sorts what a request says: the agent's facts come from the key, everything else is stated and could be forged.</summary>
internal static class Facts
{
    public static EvaluationRequest Request(AgentIdentity agent, DecisionRequest request, WorkspaceFact workspace, SessionFacts facts, string? sourceAddress, DateTimeOffset now)
    {
        IReadOnlyList<RequestedAccess> accesses = [.. request.Accesses.Select(RequestedAccesses.Of)];
        return Request(agent, request, accesses, workspace, facts, sourceAddress, now);
    }

    private static EvaluationRequest Request(
        AgentIdentity agent, DecisionRequest request, IReadOnlyList<RequestedAccess> accesses, WorkspaceFact workspace, SessionFacts facts, string? sourceAddress, DateTimeOffset now) => new()
        {
            Agent = agent.Facts,
            Accesses = accesses,
            Tool = request.Call.Input is null ? null : ToolFact.Of(request.Call.Tool, request.Call.Input, accesses),
            Workspace = workspace,
            Homes = [.. (request.Call.Homes ?? []).Select(static home => new FolderSpelling(home.Written, home.Real))],
            Context = new ContextFacts
            {
                PermissionMode = request.Call.PermissionMode,
                Project = facts.Project,
                Branch = facts.Branch,
                Host = facts.Host,
                Client = request.Call.Client,
                SubagentType = request.Call.SubagentType,
                SourceAddress = sourceAddress,
            },
            SessionId = request.Call.SessionId,
            Now = now,
        };

    public static WorkspaceFact Workspace(ToolCall call) =>
        call.Workspace is { } stated ? new WorkspaceFact { Folder = new FolderSpelling(stated.Written, stated.Real) } : WorkspaceFact.NotStated;
}
