using System.Collections.Immutable;
using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;

namespace Guard.Policy.Tools;

/// <summary>Reads <c>approval_workflows</c>, and finds those that nobody could satisfy.</summary>
internal static class WorkflowReader
{
    private const int MaxSeconds = 7 * 24 * 3600;
    private const int MaxQuorum = 20;

    /// <summary>By name, with the place of each.</summary>
    public static IReadOnlyDictionary<string, (WorkflowDefinition Workflow, Mark At)> Read(MappingReader document, DiagnosticBag diagnostics)
    {
        var workflows = new Dictionary<string, (WorkflowDefinition, Mark)>(StringComparer.Ordinal);
        foreach (var item in document.Sequence("approval_workflows") ?? [])
        {
            if (item is not MappingNode mapping)
            {
                diagnostics.Error(DiagnosticCodes.WrongType, item.At, "a workflow is a set of `key: value` lines", "start it with `- name: deploy`");
            }
            else if (ReadOne(new MappingReader(mapping, diagnostics), diagnostics) is { } workflow && !workflows.TryAdd(workflow.Name, (workflow, mapping.At)))
            {
                diagnostics.Error(DiagnosticCodes.BadWorkflow, mapping.At, $"the workflow `{Shown.Text(workflow.Name, 64)}` stands twice", "give each workflow a name of its own");
            }
        }

        return workflows;
    }

    private static WorkflowDefinition? ReadOne(MappingReader reader, DiagnosticBag diagnostics)
    {
        var name = reader.RequiredScalar("name", "deploy");
        var description = reader.Text("description");
        var timeout = reader.Integer("timeout_seconds", 1, MaxSeconds);
        var required = reader.Integer("required_approvals", 1, MaxQuorum) ?? 1;
        var approvers = Approvers(reader, diagnostics);
        var escalation = ReadEscalation(reader, timeout, diagnostics);
        var justification = reader.Boolean("require_justification") ?? false;
        var notify = reader.Texts("notify").Select(n => n.Text).ToImmutableArray();
        var reuse = ReadReuse(reader, diagnostics);
        var self = reader.Boolean("self_approval");
        reader.Finish();
        if (name is null)
        {
            return null;
        }

        if (name.Text == WorkflowDefinition.BuiltIn)
        {
            diagnostics.Error(DiagnosticCodes.BadWorkflow, name.At, $"`{WorkflowDefinition.BuiltIn}` is built in", "give the workflow another name");
        }

        var people = approvers.Concat(escalation?.Approvers ?? []).ToList();
        if (people.Count > 0 && people.TrueForAll(a => a.User is not null) && people.Select(a => a.User).Distinct(StringComparer.OrdinalIgnoreCase).Count() < required)
        {
            diagnostics.Error(DiagnosticCodes.BadWorkflow, name.At, $"the workflow `{Shown.Text(name.Text, 64)}` wants {required} people and names fewer, so nobody could satisfy it", "name more approvers, or lower `required_approvals`");
        }

        return new WorkflowDefinition
        {
            Name = name.Text,
            Description = description,
            Timeout = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            RequiredApprovals = required,
            Approvers = approvers,
            Escalation = escalation,
            RequireJustification = justification,
            Notify = notify,
            Reuse = reuse,
            SelfApproval = self,
        };
    }

    private static ImmutableArray<ApproverDefinition> Approvers(MappingReader reader, DiagnosticBag diagnostics)
    {
        var approvers = ImmutableArray.CreateBuilder<ApproverDefinition>();
        foreach (var item in reader.Sequence("approvers") ?? [])
        {
            if (item is not MappingNode mapping)
            {
                diagnostics.Error(DiagnosticCodes.WrongType, item.At, "an approver is a `user`, a `role` or a `team`", "write for example `- role: senior-engineer`");
                continue;
            }

            var one = new MappingReader(mapping, diagnostics);
            var approver = new ApproverDefinition(one.Text("user"), one.Text("role"), one.Text("team"));
            one.Finish();
            if (mapping.Entries.Count != 1)
            {
                diagnostics.Error(DiagnosticCodes.BadWorkflow, item.At, "an approver is one `user`, `role` or `team`", "write an entry for each");
            }
            else
            {
                approvers.Add(approver);
            }
        }

        return approvers.ToImmutable();
    }

    private static EscalationDefinition? ReadEscalation(MappingReader reader, int? timeout, DiagnosticBag diagnostics)
    {
        if (reader.Mapping("escalation") is not { } escalation)
        {
            return null;
        }

        var after = escalation.Integer("after_seconds", 1, MaxSeconds);
        var approvers = Approvers(escalation, diagnostics);
        escalation.Finish();
        if (after is null || approvers.IsEmpty)
        {
            diagnostics.Error(DiagnosticCodes.MissingKey, escalation.At, "an escalation has `after_seconds` and `approvers`", "write both, or remove it");
            return null;
        }

        if (timeout <= after)
        {
            diagnostics.Error(DiagnosticCodes.BadWorkflow, escalation.KeyAt("after_seconds"), "the escalation begins when the time is over", "let `after_seconds` be less than `timeout_seconds`");
        }

        return new EscalationDefinition(TimeSpan.FromSeconds(after.Value), approvers);
    }

    private static TimeSpan? ReadReuse(MappingReader reader, DiagnosticBag diagnostics)
    {
        if (reader.Scalar("reuse") is not { } node || node.Text == "once")
        {
            return null;
        }

        var window = Duration.Parse(node.Text);
        if (window is null)
        {
            diagnostics.Error(DiagnosticCodes.BadDuration, node.At, $"`{Shown.Text(node.Text, 64)}` is no window", "write `once`, or for example `30m`");
        }

        return window;
    }
}
