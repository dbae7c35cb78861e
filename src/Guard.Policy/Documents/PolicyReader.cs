using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Matching;
using Guard.Policy.Tools;

namespace Guard.Policy.Documents;

/// <summary>Checks a document of either dialect and compiles it. Reports every problem it finds.</summary>
internal sealed class PolicyReader
{
    public const int MaxRules = 1000;
    private const int MaxName = 128;

    private static readonly ImmutableArray<string> EffectNames = ["allow", "ask", "approve", "deny"];
    private static readonly ImmutableArray<string> TierNames = ["unverified", "verified", "trusted", "privileged"];

    private readonly DiagnosticBag _diagnostics;
    private readonly PolicySource _source;

    private PolicyReader(PolicySource source, DiagnosticBag diagnostics) => (_source, _diagnostics) = (source, diagnostics);

    /// <summary>Null where the document has an error.</summary>
    public static PolicyCompiled? Read(PolicySource source, DiagnosticBag diagnostics, bool reservedName = false)
    {
        if (DocumentReader.Read(source.Text, diagnostics) is not { } root)
        {
            return null;
        }

        var policy = new PolicyReader(source, diagnostics).ReadPolicy(root, reservedName);
        return diagnostics.HasErrors ? null : policy;
    }

    private PolicyCompiled? ReadPolicy(MappingNode root, bool reservedName)
    {
        var document = new MappingReader(root, _diagnostics);
        if (document.Has("tools"))
        {
            return ReadTools(root, document, reservedName);
        }

        var workflows = WorkflowReader.Read(document, _diagnostics);
        var name = ReadName(document, reservedName);
        var appliesTo = ReadAppliesTo(document);
        var version = document.Text("version");
        var description = document.Text("description");
        var rules = ReadRules(document);
        var defaultEffect = ReadEffect(document.Scalar("defaultEffect"), EffectNames);
        var unresolved = ReadShell(document);
        var audit = AuditReader.Read(document, _diagnostics);
        document.Finish();
        CheckUse(workflows, rules);

        var definition = new PolicyDefinition
        {
            Name = name,
            Version = version,
            Description = description,
            Path = _source.Path,
            Digest = "sha256:" + CanonicalForm.Digest(root),
            AppliesTo = appliesTo?.Definition,
            Rules = [.. rules.Select(r => r.Definition)],
            DefaultEffect = defaultEffect,
            Unresolved = unresolved,
            Audit = audit,
            Workflows = [.. workflows.Values.Select(w => w.Workflow)],
        };
        return new PolicyCompiled(definition, appliesTo?.Compiled, rules);
    }

    // Rules may name workflows of the organisation; those that stand here have to be named by one.
    private void CheckUse(IReadOnlyDictionary<string, (WorkflowDefinition Workflow, Mark At)> workflows, ImmutableArray<RuleCompiled> rules)
    {
        foreach (var (name, (_, at)) in workflows.Where(w => !rules.Any(r => r.Definition.Approval?.Workflow == w.Key)))
        {
            _diagnostics.Warning(DiagnosticCodes.Unreachable, at, $"nothing uses the workflow `{Shown.Text(name, 64)}`", "name it in a rule's `approval.workflow`, or remove it");
        }
    }

    private PolicyCompiled ReadTools(MappingNode root, MappingReader document, bool reservedName)
    {
        if (document.Node("rules") is not null)
        {
            _diagnostics.Error(DiagnosticCodes.BothDialects, document.KeyAt("rules"), "`rules` stands beside `tools`", "write a policy of its own for each");
        }

        var metadata = document.Mapping("metadata");
        var name = ReadName(metadata ?? document, reservedName);
        var description = (metadata ?? document).Text("description");
        _ = metadata?.Texts("tags");
        metadata?.Finish();
        var version = document.Text("version");
        var appliesTo = ReadAppliesTo(document);
        var unresolved = ReadShell(document);
        var audit = AuditReader.Read(document, _diagnostics);
        var tools = ToolsReader.Read(document, _diagnostics);
        document.Finish();

        var definition = new PolicyDefinition
        {
            Name = name,
            Version = version,
            Description = description,
            Path = _source.Path,
            Digest = "sha256:" + CanonicalForm.Digest(root),
            AppliesTo = appliesTo?.Definition,
            Rules = [.. tools.Rules.Select(r => r.Definition)],
            Unresolved = unresolved,
            Audit = audit,
            Workflows = tools.Workflows,
            UnlistedAllow = tools.UnlistedAllow,
        };
        return new PolicyCompiled(definition, appliesTo?.Compiled, tools.Rules) { Tools = tools.Compiled };
    }

    private string ReadName(MappingReader document, bool reservedName)
    {
        var stated = document.Scalar("name");
        var name = stated?.Text ?? Path.GetFileNameWithoutExtension(_source.Path);
        if (name.Length is 0 or > MaxName || (name == Floor.PolicyName && !reservedName) || !name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ' or '/'))
        {
            _diagnostics.Error(DiagnosticCodes.BadName, stated?.At ?? document.At, $"`{Shown.Text(name, 64)}` cannot be a policy's name",
                $"use letters, digits, `-`, `_`, `.`, `/` and blanks, at most {MaxName} characters; `floor` is taken");
        }

        return name;
    }

    private (AppliesToDefinition Definition, AppliesToCompiled Compiled)? ReadAppliesTo(MappingReader document)
    {
        if (document.Mapping("appliesTo") is not { } mapping)
        {
            return null;
        }

        var agents = mapping.Texts("agents");
        var projects = mapping.Texts("projects");
        var definition = new AppliesToDefinition
        {
            Tags = Plain(mapping.Texts("tags")),
            TrustTiers = [.. mapping.Texts("trustTiers").Select(ReadTier).OfType<TrustTier>()],
            Agents = Plain(agents),
            AgentIds = Plain(mapping.Texts("agentIds")),
            Projects = Plain(projects),
            Groups = Plain(mapping.Texts("groups")),
        };
        mapping.Finish();
        return (definition, new AppliesToCompiled(definition, Globs(agents), Globs(projects)));

        ImmutableArray<ResourceTest> Globs(ImmutableArray<ScalarNode> patterns) =>
            [.. patterns.Select(p => BlockReader.Glob(p, ResourceKinds.Text, _diagnostics)).OfType<ResourceTest>()];
    }

    private ImmutableArray<RuleCompiled> ReadRules(MappingReader document)
    {
        if (!document.Has("rules"))
        {
            _ = document.Node("rules");
            _diagnostics.Error(DiagnosticCodes.MissingKey, document.At, "`rules` is missing", "a policy is a list of rules");
            return [];
        }

        if (document.Sequence("rules") is not { } items)
        {
            return [];
        }

        if (items.Count > MaxRules)
        {
            _diagnostics.Error(DiagnosticCodes.TooComplex, items[MaxRules].At, $"there are {items.Count} rules, the limit is {MaxRules}", "split the policy");
            return [];
        }

        var rules = new Dictionary<string, (RuleCompiled Rule, Mark At)>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item is not MappingNode mapping)
            {
                _diagnostics.Error(DiagnosticCodes.WrongType, item.At, "a rule is a set of `key: value` lines", "start it with `- effect: allow`");
                continue;
            }

            if (ReadRule(mapping) is { } rule && !rules.TryAdd(rule.Definition.Id, (rule, mapping.At)))
            {
                var first = rules[rule.Definition.Id].At.Line;
                if (mapping.Entries.Any(e => e.Key.Text == "id"))
                {
                    _diagnostics.Error(DiagnosticCodes.DuplicateRule, mapping.At, $"the rule id `{Shown.Text(rule.Definition.Id, 64)}` is taken by the rule in line {first}", "give each rule an id of its own");
                }
                else
                {
                    _diagnostics.Warning(DiagnosticCodes.SameRuleTwice, mapping.At, $"this rule says the same as the one in line {first}", "remove one of the two");
                }
            }
        }

        return [.. rules.Values.Select(r => r.Rule)];
    }

    private RuleCompiled? ReadRule(MappingNode node)
    {
        var mapping = new MappingReader(node, _diagnostics);
        var idNode = mapping.Scalar("id");
        var id = idNode?.Text;
        if (id is "default" || (id is not null && (id.Length > MaxName || !id.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ' '))))
        {
            _diagnostics.Error(DiagnosticCodes.BadName, idNode!.At, $"`{Shown.Text(id, 64)}` cannot be a rule's id",
                $"use letters, digits, `-`, `_`, `.`, `/` and blanks, at most {MaxName} characters; `default` is taken");
        }

        var effect = ReadEffect(mapping.RequiredScalar("effect", "deny"), EffectNames);
        var grant = mapping.Boolean("grant");
        if (grant == true && effect is not (null or Effect.Allow))
        {
            _diagnostics.Error(DiagnosticCodes.Misplaced, mapping.KeyAt("grant"), "`grant` stands in a rule that does not allow", "remove it, or make the effect `allow`");
        }

        if (!mapping.Has("actions"))
        {
            _diagnostics.Error(DiagnosticCodes.MissingKey, node.At, "`actions` is missing", "write for example `actions: [\"read:file\"]`");
        }

        var actions = ReadActions(mapping.Texts("actions"));
        var kinds = actions.Aggregate(ResourceKinds.None, (k, a) => k | ActionCatalogue.Kinds(a.Pattern));
        var conditions = ConditionsReader.Read(mapping.Mapping("conditions"), kinds, effect ?? Effect.Deny, _diagnostics);
        var reason = mapping.Text("reason");
        var approval = ReadApproval(mapping, effect);
        var mode = mapping.Scalar("mode");
        if (mode is { Text: not ("audit" or "enforce") })
        {
            _diagnostics.Error(DiagnosticCodes.UnknownMode, mode.At, $"`{Shown.Text(mode.Text, 64)}` is no mode", Nearest.Remedy(mode.Text, ["audit", "enforce"]));
        }

        mapping.Finish();
        if (effect is not { } known || actions.IsEmpty)
        {
            return null;
        }

        var definition = conditions.Definition with
        {
            Id = id ?? "rule-" + CanonicalForm.Digest(node)[..12],
            Effect = known,
            Grant = grant == true,
            Actions = [.. actions.Select(a => a.Written)],
            Reason = reason?.Trim(),
            Approval = approval,
            OnTrial = mode?.Text == "audit",
        };
        return new RuleCompiled(definition, [.. actions.Select(a => a.Pattern)], conditions.Resource, conditions.Command, conditions.Time, conditions.Context) { When = conditions.When };
    }

    private ImmutableArray<(string Written, ActionPattern Pattern)> ReadActions(ImmutableArray<ScalarNode> nodes)
    {
        var actions = ImmutableArray.CreateBuilder<(string, ActionPattern)>();
        foreach (var node in nodes)
        {
            var written = node.Text;
            if (written.StartsWith("invoke:", StringComparison.Ordinal) && ActionCatalogue.OfTool(written) is { } action)
            {
                _diagnostics.Warning(DiagnosticCodes.OlderName, node.At, $"`{Shown.Text(written, 64)}` is `{action}` here", $"write `{action}`");
                written = action;
            }

            if (ActionPattern.Parse(written) is { } pattern && ActionCatalogue.CanMatch(written, pattern))
            {
                actions.Add((written, pattern));
                continue;
            }

            var remedy = ActionCatalogue.OfTool(written) is { } meant ? $"did you mean `{meant}`?" : Nearest.Remedy(written, [.. ActionCatalogue.Known, "invoke:<tool>", "*"]);
            _diagnostics.Error(DiagnosticCodes.UnknownAction, node.At, $"`{Shown.Text(written, 64)}` is no action", remedy);
        }

        return actions.ToImmutable();
    }

    private ApprovalDefinition? ReadApproval(MappingReader rule, Effect? effect)
    {
        if (rule.Mapping("approval") is not { } mapping)
        {
            return null;
        }

        if (effect is not (null or Effect.Approve))
        {
            _diagnostics.Error(DiagnosticCodes.Misplaced, rule.KeyAt("approval"), "`approval` stands in a rule whose effect is not `approve`", "remove it, or make the effect `approve`");
        }

        var workflow = mapping.Text("workflow");
        var timeoutNode = mapping.Scalar("timeout");
        var timeout = timeoutNode is null ? null : Duration.Parse(timeoutNode.Text);
        if (timeoutNode is not null && timeout is null)
        {
            _diagnostics.Error(DiagnosticCodes.BadDuration, timeoutNode.At, $"`{Shown.Text(timeoutNode.Text, 64)}` is no time-out", "write for example `90s`, `30m` or `2h`, at most 7 days");
        }

        mapping.Finish();
        return new ApprovalDefinition(workflow, timeout);
    }

    private Effect? ReadShell(MappingReader document)
    {
        if (document.Mapping("shell") is not { } shell)
        {
            return null;
        }

        var unresolved = ReadEffect(shell.RequiredScalar("unresolved", "ask"), ["deny", "ask", "approve"]);
        shell.Finish();
        return unresolved;
    }

    private Effect? ReadEffect(ScalarNode? node, ImmutableArray<string> names)
    {
        if (node is null)
        {
            return null;
        }

        if (names.Contains(node.Text))
        {
            return Enum.Parse<Effect>(node.Text, ignoreCase: true);
        }

        _diagnostics.Error(DiagnosticCodes.UnknownEffect, node.At, $"`{Shown.Text(node.Text, 64)}` is no effect here", Nearest.Remedy(node.Text, names));
        return null;
    }

    private TrustTier? ReadTier(ScalarNode node) => ConditionsReader.Tier(node, TierNames, _diagnostics);

    private static ImmutableArray<string> Plain(ImmutableArray<ScalarNode> nodes) => [.. nodes.Select(n => n.Text)];
}
