using Guard.Protocol;
using Guard.Redaction;

namespace Guard.Gateway.Audit.Redaction;

/// <summary>Takes secrets, and what policies order erased, out of an event before it is stored. What was decided is decided before.</summary>
/// <remarks>
/// INVARIANT (secrets do not enter the record): every text of an event that an agent or a person wrote goes through here.
/// Ids and names by which events are found (session, trace, tool use, agent, tool) stay as they are.
/// </remarks>
internal sealed class EventRedactor(Redactor redactor)
{
    /// <param name="auditEvent">As made.</param>
    /// <param name="orders">JSON Pointers into the tool call, from the policies that apply to the agent.</param>
    public AuditEvent Redact(AuditEvent auditEvent, IReadOnlyList<string> orders)
    {
        var redaction = new JsonRedaction(redactor);
        var ordered = OrderedErasure.Of(auditEvent, orders);
        Learn(auditEvent, redaction);
        return redaction.FoundAny || ordered.Any ? Rewrite(auditEvent, ordered, redaction) : auditEvent;
    }

    private static void Learn(AuditEvent e, JsonRedaction redaction)
    {
        if (e.Input is { } input)
        {
            redaction.Learn(input);
        }

        foreach (var access in e.Accesses ?? [])
        {
            redaction.Learn(access.Resource);
            redaction.Learn(access.Real);
            redaction.Learn(access.Canonical);
            redaction.LearnWords(access.Words ?? []);
        }

        foreach (var text in e.Errors ?? [])
        {
            redaction.Learn(text);
        }

        redaction.Learn(e.Resource);
        redaction.Learn(e.Reason);
        redaction.Learn(e.Cwd);
        redaction.Learn(e.Workspace?.Written);
        redaction.Learn(e.Workspace?.Real);
        redaction.Learn(e.AgentLabel);
        redaction.Learn(e.Project);
        redaction.Learn(e.Branch);
        redaction.Learn(e.Change?.Target);
        redaction.Learn(e.Change?.Detail);
    }

    private static AuditEvent Rewrite(AuditEvent e, OrderedErasure ordered, JsonRedaction redaction)
    {
        // First what the rest was made from.
        var rewrittenInput = e.Input is { } input ? redaction.Rewrite(input, "/input", ordered.Input) : e.Input;
        var accesses = e.Accesses?.Select((access, i) => Rewrite(access, $"/accesses/{i}", ordered, redaction)).ToList();
        var primary = e.Accesses is { Count: > 0 } all ? all.FirstOrDefault(static access => access.Primary) ?? all[0] : null;
        // The gateway's own reasons quote the resource; a rule's are written by people.
        var quotes = e.Policy is null && (e.Accesses ?? []).Any(ordered.Hides);
        var rewritten = e with
        {
            Input = rewrittenInput,
            Accesses = accesses,
            Resource = e.Resource is not { } resource ? null : primary is null ? redaction.Rewrite(resource, "/resource") : Resource(primary with { Resource = resource }, "/resource", ordered, redaction),
            Reason = Text(e.Reason, "/reason", quotes, redaction),
            Errors = e.Errors?.Select((error, i) => Text(error, $"/errors/{i}", quotes, redaction)!).ToList(),
            Cwd = Text(e.Cwd, "/cwd", ordered.Cwd, redaction),
            Workspace = e.Workspace is not { } workspace ? null : workspace with
            {
                Written = redaction.Rewrite(workspace.Written, "/workspace/written"),
                Real = Text(workspace.Real, "/workspace/real", ordered: false, redaction),
            },
            AgentLabel = Text(e.AgentLabel, "/agentLabel", ordered: false, redaction),
            Project = Text(e.Project, "/project", ordered: false, redaction),
            Branch = Text(e.Branch, "/branch", ordered: false, redaction),
            Change = e.Change is not { } change ? null : change with
            {
                Target = redaction.Rewrite(change.Target, "/change/target"),
                Detail = Text(change.Detail, "/change/detail", ordered: false, redaction),
            },
        };
        return rewritten with { Erased = redaction.Erased.Count == 0 ? null : [.. redaction.Erased] };
    }

    private static Access Rewrite(Access access, string at, OrderedErasure ordered, JsonRedaction redaction)
    {
        var hidden = ordered.Hides(access);
        return access with
        {
            Resource = Resource(access, at + "/resource", ordered, redaction),
            Real = Text(access.Real, at + "/real", hidden, redaction),
            Canonical = Text(access.Canonical, at + "/canonical", hidden, redaction),
            Words = access.Words is not { } words ? null : hidden ? [redaction.Erase(at + "/words")] : redaction.RewriteWords(words, at + "/words"),
        };
    }

    private static string Resource(Access access, string at, OrderedErasure ordered, JsonRedaction redaction) =>
        ordered.Hides(access) ? redaction.Erase(at)
        : ordered.Input.Count > 0 && access.Resource.StartsWith('{') ? redaction.RewriteJsonText(access.Resource, at, ordered.Input)
        : redaction.Rewrite(access.Resource, at);

    private static string? Text(string? text, string at, bool ordered, JsonRedaction redaction) =>
        text is null ? null : ordered ? redaction.Erase(at) : redaction.Rewrite(text, at);
}
