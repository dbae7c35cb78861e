using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Tools;

/// <summary>What the keys of the tools dialect say. <see cref="Rules"/>: every outcome that an entry can have, by name.</summary>
/// <param name="Compiled">The entries.</param>
/// <param name="Rules">Of the entries.</param>
/// <param name="Workflows">Of the document.</param>
/// <param name="UnlistedAllow">See <see cref="PolicyDefinition.UnlistedAllow"/>.</param>
internal sealed record ToolsRead(ToolsCompiled Compiled, ImmutableArray<RuleCompiled> Rules, ImmutableArray<WorkflowDefinition> Workflows, string? UnlistedAllow);

/// <summary>Reads <c>tools</c>, <c>approval_workflows</c> and <c>defaults</c>. Reports every problem it finds.</summary>
internal sealed class ToolsReader
{
    /// <summary>Rule name of <c>defaults.unknown_tools</c>.</summary>
    public const string UnlistedRule = "unknown_tools";

    private const int MaxEntries = 500;
    private const int MaxConditions = 200;
    private const int MaxSeconds = 7 * 24 * 3600;
    private const int MaxName = 128;

    private static readonly ImmutableArray<string> Actions = ["deny", "require_approval", "allow"];

    private readonly MappingReader _document;
    private readonly DiagnosticBag _diagnostics;
    private readonly IReadOnlyDictionary<string, (WorkflowDefinition Workflow, Mark At)> _workflows;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly ImmutableArray<RuleCompiled>.Builder _rules = ImmutableArray.CreateBuilder<RuleCompiled>();
    private string _defaultWorkflow = WorkflowDefinition.BuiltIn;

    private ToolsReader(MappingReader document, DiagnosticBag diagnostics)
    {
        (_document, _diagnostics) = (document, diagnostics);
        _workflows = WorkflowReader.Read(document, diagnostics);
    }

    public static ToolsRead Read(MappingReader document, DiagnosticBag diagnostics) => new ToolsReader(document, diagnostics).ReadAll();

    private ToolsRead ReadAll()
    {
        var unlisted = ReadDefaults();
        var entries = ReadEntries();
        foreach (var (name, (_, at)) in _workflows)
        {
            if (!_used.Contains(name))
            {
                _diagnostics.Warning(DiagnosticCodes.Unreachable, at, $"nothing uses the workflow `{Shown.Text(name, 64)}`", "name it in an `approval_workflow`, or remove it");
            }
        }

        // Where a workflow is named beside it, the line goes on naming it.
        var named = _defaultWorkflow == WorkflowDefinition.BuiltIn ? "" : $", default_approval_workflow: {Shown.Text(_defaultWorkflow, 64)}";
        var allow = unlisted is null ? $"defaults: {{ unknown_tools: allow{named} }}" : null;
        return new ToolsRead(new ToolsCompiled(entries, unlisted), _rules.ToImmutable(), [.. _workflows.Values.Select(w => w.Workflow)], allow);
    }

    private RuleCompiled? ReadDefaults()
    {
        if (_document.Mapping("defaults") is not { } defaults)
        {
            return null;
        }

        var workflow = Workflow(defaults.Scalar("default_approval_workflow"));
        _defaultWorkflow = workflow ?? WorkflowDefinition.BuiltIn;
        var unknown = defaults.Scalar("unknown_tools");
        defaults.Finish();
        if (unknown is null || Effect(unknown) is not { } effect)
        {
            return null;
        }

        return Rule(UnlistedRule, effect, ["*"], effect == Policy.Effect.Deny ? "the tool has no entry in this policy" : null, effect == Policy.Effect.Approve ? new ApprovalDefinition(_defaultWorkflow, null) : null, null);
    }

    private ImmutableArray<ToolEntry> ReadEntries()
    {
        var items = _document.Sequence("tools") ?? [];
        if (items.Count > MaxEntries)
        {
            _diagnostics.Error(DiagnosticCodes.TooComplex, items[MaxEntries].At, $"there are {items.Count} tools, the limit is {MaxEntries}", "split the policy");
            return [];
        }

        var entries = new Dictionary<string, ToolEntry>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in items)
        {
            if (item is not MappingNode mapping)
            {
                _diagnostics.Error(DiagnosticCodes.WrongType, item.At, "a tool is a set of `key: value` lines", "start it with `- name: bash`");
            }
            else if (ReadEntry(mapping) is { } read && !entries.TryAdd(read.Id, read.Entry))
            {
                _diagnostics.Error(DiagnosticCodes.BadTool, mapping.At, $"the tool `{Shown.Text(read.Entry.Name, 64)}` has an entry already", "join the two: the order of their conditions counts");
            }
        }

        return [.. entries.Values];
    }

    private (string Id, ToolEntry Entry)? ReadEntry(MappingNode node)
    {
        var reader = new MappingReader(node, _diagnostics);
        var nameNode = reader.RequiredScalar("name", "bash");
        var source = reader.Scalar("source");
        _ = reader.Text("description");
        var enabled = reader.Boolean("enabled") ?? true;
        var workflow = Workflow(reader.Scalar("approval_workflow"));
        var timeout = reader.Integer("timeout_seconds", 1, MaxSeconds);
        var conditions = reader.Sequence("conditions") ?? [];
        reader.Finish();
        if (timeout is not null && workflow is null)
        {
            _diagnostics.Error(DiagnosticCodes.Misplaced, reader.KeyAt("timeout_seconds"), "`timeout_seconds` stands without an `approval_workflow`", "name the workflow that it is for");
        }

        if (nameNode is null || !IsName(nameNode) || (source is not null && !IsName(source)))
        {
            return null;
        }

        var name = nameNode.Text;
        var server = Server(name, source?.Text);
        var family = server is null ? ToolFamilies.Of(name) : ToolFamily.None;
        var id = (server is null or "*" ? "" : server + "/") + name;
        var actions = ActionsOf(name, family, server);
        if (!enabled)
        {
            if (conditions.Count > 0)
            {
                _diagnostics.Warning(DiagnosticCodes.Unreachable, reader.KeyAt("conditions"), "the tool is disabled, so its conditions decide nothing", "remove them, or enable the tool");
            }

            return (id, new ToolEntry(name, family, server, [], Rule(id, Policy.Effect.Deny, actions, $"the tool `{name}` is disabled", null, null)));
        }

        var read = ReadConditions(conditions, id, actions, workflow is not null, reader.KeyAt("approval_workflow"));
        var otherwise = workflow is null
            ? Rule(id, Policy.Effect.Allow, actions, null, null, null)
            : Rule(id, Policy.Effect.Approve, actions, null, new ApprovalDefinition(workflow, Seconds(timeout)), null);
        return (id, new ToolEntry(name, family, server, read, otherwise));
    }

    private ImmutableArray<ToolCondition> ReadConditions(IReadOnlyList<DocumentNode> items, string id, ImmutableArray<string> actions, bool hasWorkflow, Mark workflowAt)
    {
        if (items.Count > MaxConditions)
        {
            _diagnostics.Error(DiagnosticCodes.TooComplex, items[MaxConditions].At, $"there are {items.Count} conditions, the limit is {MaxConditions}", "join some with `||`");
            return [];
        }

        var conditions = ImmutableArray.CreateBuilder<ToolCondition>();
        var seen = new Dictionary<string, Mark>(StringComparer.Ordinal);
        Mark? always = null;
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is not MappingNode mapping)
            {
                _diagnostics.Error(DiagnosticCodes.WrongType, items[i].At, "a condition is a set of `key: value` lines", "start it with `- expression: \"args.command.contains('x')\"`");
                continue;
            }

            var (condition, text) = ReadCondition(mapping, $"{id}/{i + 1}", actions);
            if (always is { } before)
            {
                _diagnostics.Warning(DiagnosticCodes.Unreachable, mapping.At, $"this condition is never reached: the one in line {before.Line} is always true", "put it before that one");
            }
            else if (text is not null && !seen.TryAdd(text, mapping.At))
            {
                _diagnostics.Warning(DiagnosticCodes.Unreachable, mapping.At, $"this condition is never reached: the one in line {seen[text].Line} has the same expression", "remove one of the two");
            }

            if (condition?.When.Program.Constant == false)
            {
                _diagnostics.Warning(DiagnosticCodes.Unreachable, mapping.At, "this condition is never true", "remove it");
            }

            always ??= condition?.When.Program.Constant == true ? mapping.At : null;
            if (condition is not null)
            {
                conditions.Add(condition);
            }
        }

        if (always is { } last && hasWorkflow)
        {
            _diagnostics.Warning(DiagnosticCodes.Unreachable, workflowAt, $"this workflow is never reached: the condition in line {last.Line} is always true", "remove one of the two");
        }

        return conditions.ToImmutable();
    }

    private (ToolCondition? Condition, string? Text) ReadCondition(MappingNode node, string id, ImmutableArray<string> actions)
    {
        var reader = new MappingReader(node, _diagnostics);
        var expression = reader.RequiredScalar("expression", "\"args.command.startsWith('sudo')\"");
        var action = reader.Scalar("action");
        var workflow = Workflow(reader.Scalar("approval_workflow"));
        var timeout = reader.Integer("timeout_seconds", 1, MaxSeconds);
        var message = reader.Scalar("message");
        _ = reader.Text("description");
        reader.Finish();
        var stated = action is null ? null : Effect(action);
        var effect = stated ?? (reader.Has("approval_workflow") ? Policy.Effect.Approve : null);
        if (action is null && !reader.Has("approval_workflow"))
        {
            _diagnostics.Error(DiagnosticCodes.MissingKey, reader.At, "the condition says neither `action` nor `approval_workflow`", "write for example `action: deny`");
        }

        if (stated is not (null or Policy.Effect.Approve) && (reader.Has("approval_workflow") || reader.Has("timeout_seconds")))
        {
            _diagnostics.Error(DiagnosticCodes.Misplaced, action!.At, $"`action: {action.Text}` stands beside what only an approval has", "remove the one or the other");
        }
        else if (effect is null && timeout is not null)
        {
            _diagnostics.Error(DiagnosticCodes.Misplaced, reader.KeyAt("timeout_seconds"), "`timeout_seconds` stands without an `approval_workflow`", "name the workflow that it is for");
        }

        MessageTemplate? template = null;
        if (message is not null && (template = MessageTemplate.Parse(message.Text, out var problem)) is null)
        {
            _diagnostics.Error(DiagnosticCodes.BadMessage, message.At, $"`{{{{ {problem} }}}}` cannot be filled in", "messages know `args.NAME`, `action`, `resource`, `agent` and `rule`");
        }

        if (expression is null || ExpressionReader.Read(expression, RuleVariables.Environment, _diagnostics) is not { } program || effect is not { } known)
        {
            return (null, expression?.Text.Trim());
        }

        var approval = known == Policy.Effect.Approve ? new ApprovalDefinition(workflow ?? _defaultWorkflow, Seconds(timeout)) : null;
        var when = new WhenTest(program);
        return (new ToolCondition(when, Rule(id, known, actions, message?.Text.Trim(), approval, (expression.Text.Trim(), when)), template), expression.Text.Trim());
    }

    private RuleCompiled Rule(string id, Effect effect, ImmutableArray<string> actions, string? reason, ApprovalDefinition? approval, (string Text, WhenTest Test)? when)
    {
        var definition = new RuleDefinition { Id = id, Effect = effect, Actions = actions, Reason = reason, Approval = approval, When = when?.Text };
        var rule = new RuleCompiled(definition, [.. actions.Select(ActionPattern.Parse).OfType<ActionPattern>()], null, null, null, []) { When = when?.Test };
        _rules.Add(rule);
        return rule;
    }

    private Effect? Effect(ScalarNode node)
    {
        switch (node.Text)
        {
            case "deny":
                return Policy.Effect.Deny;
            case "require_approval":
                return Policy.Effect.Approve;
            case "allow":
                return Policy.Effect.Allow;
            default:
                _diagnostics.Error(DiagnosticCodes.UnknownEffect, node.At, $"`{Shown.Text(node.Text, 64)}` is no action here", Nearest.Remedy(node.Text, Actions));
                return null;
        }
    }

    private string? Workflow(ScalarNode? node)
    {
        if (node is null)
        {
            return null;
        }

        _used.Add(node.Text);
        if (node.Text != WorkflowDefinition.BuiltIn && !_workflows.ContainsKey(node.Text))
        {
            _diagnostics.Error(DiagnosticCodes.UnknownWorkflow, node.At, $"there is no workflow `{Shown.Text(node.Text, 64)}`", Nearest.Remedy(node.Text, [.. _workflows.Keys, WorkflowDefinition.BuiltIn]));
        }

        return node.Text;
    }

    private bool IsName(ScalarNode node)
    {
        if (node.Text.Length <= MaxName && node.Text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && node.Text != UnlistedRule && node.Text != "default")
        {
            return true;
        }

        _diagnostics.Error(DiagnosticCodes.BadTool, node.At, $"`{Shown.Text(node.Text, 64)}` cannot be a tool's or server's name", $"use letters, digits, `-`, `_` and `.`, at most {MaxName} characters");
        return false;
    }

    // What is no source of the client's own is the name of an MCP server.
    private static string? Server(string name, string? source) => source switch
    {
        "claude_code" or "builtin" => null,
        null => name.StartsWith("mcp__", StringComparison.OrdinalIgnoreCase) ? "*" : null,
        "mcp" => "*",
        _ => source,
    };

    private static ImmutableArray<string> ActionsOf(string name, ToolFamily family, string? server) => family switch
    {
        ToolFamily.Shell => ["execute:*"],
        ToolFamily.Read => ["read:file"],
        ToolFamily.Write or ToolFamily.Edit => ["write:file"],
        ToolFamily.WebFetch => ["read:web_fetch", "write:web"],
        ToolFamily.WebSearch => ["read:web_search"],
        ToolFamily.Browser => ["read:web_browse", "write:web"],
        ToolFamily.Agent => ["delegate:agent"],
        _ => [server is null || name.StartsWith("mcp__", StringComparison.OrdinalIgnoreCase) ? $"invoke:{name}" : $"invoke:mcp__{server}__{name}"],
    };

    private static TimeSpan? Seconds(int? seconds) => seconds is { } known ? TimeSpan.FromSeconds(known) : null;
}
