using System.Collections.Immutable;
using System.Globalization;
using Guard.Policy.Diagnostics;
using Guard.Policy.Documents;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Suites;

/// <summary>Reads a <c>*_test.yaml</c>; reports every problem it finds.</summary>
public sealed class SuiteReader
{
    private static readonly ImmutableArray<string> EffectNames = ["allow", "ask", "approve", "deny"];
    private static readonly ImmutableArray<string> TierNames = ["unverified", "verified", "trusted", "privileged"];

    private readonly PolicySource _source;
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<string, AgentFacts> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SuiteWorkspace> _workspaces = new(StringComparer.Ordinal);
    private DateTimeOffset _now = new(2026, 1, 7, 10, 0, 0, TimeSpan.Zero);
    private string? _firstAgent;
    private string? _firstWorkspace;

    private SuiteReader(PolicySource source, DiagnosticBag diagnostics) => (_source, _diagnostics) = (source, diagnostics);

    public static SuiteReadResult Read(PolicySource source)
    {
        var diagnostics = new DiagnosticBag(source.Path);
        if (DocumentReader.Read(source.Text, diagnostics) is not { } root)
        {
            return new SuiteReadResult(null, diagnostics.All);
        }

        var suite = new SuiteReader(source, diagnostics).ReadSuite(root);
        return new SuiteReadResult(diagnostics.HasErrors ? null : suite, diagnostics.All);
    }

    private Suite ReadSuite(MappingNode root)
    {
        var document = new MappingReader(root, _diagnostics);
        var name = document.Text("suite") ?? Path.GetFileNameWithoutExtension(_source.Path);
        var policies = document.Texts("policies").Select(p => p.Text).ToImmutableArray();
        ReadFixtures(document.Mapping("fixtures"));
        var cases = ImmutableArray.CreateBuilder<SuiteCase>();
        if (!document.Has("cases"))
        {
            _diagnostics.Error(DiagnosticCodes.MissingKey, document.At, "`cases` is missing", "a suite is a list of cases");
        }

        foreach (var item in document.Sequence("cases") ?? [])
        {
            if (item is not MappingNode mapping)
            {
                _diagnostics.Error(DiagnosticCodes.WrongType, item.At, "a case is a set of `key: value` lines", "start it with `- action: read:file`");
            }
            else if (ReadCase(mapping) is { } read)
            {
                cases.Add(read);
            }
        }

        document.Finish();
        return new Suite { Name = name, Path = _source.Path, Policies = policies, Cases = cases.ToImmutable() };
    }

    private void ReadFixtures(MappingReader? fixtures)
    {
        if (fixtures?.Node("agents") is MappingNode agents)
        {
            foreach (var (key, value) in agents.Entries)
            {
                if (Mapping(value, "an agent") is { } agent)
                {
                    _firstAgent ??= key.Text;
                    _agents[key.Text] = ReadAgent(key.Text, agent);
                }
            }
        }

        if (fixtures?.Node("workspaces") is MappingNode workspaces)
        {
            foreach (var (key, value) in workspaces.Entries)
            {
                if (Mapping(value, "a workspace") is { } workspace && ReadWorkspace(workspace) is { } read)
                {
                    _firstWorkspace ??= key.Text;
                    _workspaces[key.Text] = read;
                }
            }
        }

        if (fixtures?.Scalar("now") is { } now)
        {
            _now = ReadTime(now) ?? _now;
        }

        fixtures?.Finish();
        if (_agents.Count == 0)
        {
            _firstAgent = "agent";
            _agents["agent"] = new AgentFacts { Id = "agent", Name = "agent" };
        }

        if (_workspaces.Count == 0)
        {
            _firstWorkspace = "app";
            _workspaces["app"] = new SuiteWorkspace { Folder = "/home/dev/app", Home = "/home/dev", Files = [], Links = ImmutableSortedDictionary<string, string>.Empty };
        }
    }

    private AgentFacts ReadAgent(string name, MappingReader agent)
    {
        var tier = agent.Scalar("trustTier");
        var facts = new AgentFacts
        {
            Id = agent.Text("id") ?? name,
            Name = agent.Text("name") ?? name,
            Tags = [.. agent.Texts("tags").Select(t => t.Text)],
            TrustTier = (tier is null ? null : ConditionsReader.Tier(tier, TierNames, _diagnostics)) ?? TrustTier.Verified,
            Owner = agent.Text("owner"),
            Groups = [.. agent.Texts("groups").Select(t => t.Text)],
        };
        agent.Finish();
        return facts;
    }

    private SuiteWorkspace? ReadWorkspace(MappingReader workspace)
    {
        var folder = Folder(workspace.RequiredScalar("path", "/home/dev/app"));
        var home = workspace.Has("home") ? Folder(workspace.Scalar("home")) : "/home/dev";
        var files = workspace.Texts("files");
        var links = workspace.Node("links") as MappingNode;
        workspace.Finish();
        if (folder is null || home is null)
        {
            return null;
        }

        var place = new SuiteWorkspace { Folder = folder, Home = home, Files = [], Links = ImmutableSortedDictionary<string, string>.Empty };
        return place with
        {
            Files = [.. files.Select(f => StatedTree.Absolute(place, f.Text).Replace("/./", "/", StringComparison.Ordinal))],
            Links = (links?.Entries ?? []).Where(e => e.Value is ScalarNode).ToImmutableSortedDictionary(
                e => StatedTree.Absolute(place, e.Key.Text).Replace("/./", "/", StringComparison.Ordinal), e => ((ScalarNode)e.Value).Text, StringComparer.Ordinal),
        };
    }

    private string? Folder(ScalarNode? node)
    {
        if (node is null)
        {
            return null;
        }

        if (node.Text.StartsWith('/'))
        {
            return node.Text.Length > 1 ? node.Text.TrimEnd('/') : node.Text;
        }

        _diagnostics.Error(DiagnosticCodes.SuiteFixture, node.At, $"`{Shown.Text(node.Text, 64)}` is no absolute path", "start it with `/`");
        return null;
    }

    private SuiteCase? ReadCase(MappingNode node)
    {
        var reader = new MappingReader(node, _diagnostics);
        var name = reader.Text("name");
        var agent = Fixture(reader.Scalar("agent"), _agents, _firstAgent!, "agent");
        var workspace = Fixture(reader.Scalar("workspace"), _workspaces, _firstWorkspace!, "workspace");
        var tool = reader.Text("tool");
        var input = reader.Node("input");
        var action = reader.Text("action");
        var resource = reader.Text("resource");
        var subtree = reader.Boolean("subtree") ?? false;
        var cwd = reader.Text("cwd");
        var permissionMode = reader.Text("permissionMode");
        var context = ReadContext(reader.Mapping("context"), permissionMode);
        var now = reader.Scalar("now") is { } time ? ReadTime(time) : null;
        var expected = ReadEffect(reader.Scalar("expect")) ?? Effect.Deny;
        var page = ReadEffect(reader.Scalar("page"));
        var differs = reader.Text("differs");
        var policy = reader.Text("policy");
        var rule = reader.Text("rule");
        var reason = reader.Text("reason");
        reader.Finish();

        if ((tool is null) == (action is null) || (tool is null) != (input is null) || (action is null) != (resource is null) || input is not (null or MappingNode))
        {
            _diagnostics.Error(DiagnosticCodes.SuiteCase, node.At, "a case states either `tool` and `input` or `action` and `resource`",
                "write for example `tool: Read` with `input: { file_path: ./a }`, or `action: read:file` with `resource: ./a`");
            return null;
        }

        if ((page is not null && page != expected) != (differs is not null))
        {
            _diagnostics.Error(DiagnosticCodes.SuiteCase, node.At, "`differs` stands exactly where `expect` is not what `page` says", "state both and why, or neither");
            return null;
        }

        if (agent is null || workspace is null)
        {
            return null;
        }

        return new SuiteCase
        {
            Name = name ?? $"{tool ?? action} {resource ?? Shown.Text(NodeJson.From(input!).GetRawText())}",
            Line = node.At.Line,
            Agent = agent,
            Workspace = workspace,
            Call = tool is null ? null : new SuiteToolCall
            {
                Tool = tool,
                Input = NodeJson.From(input!),
                Workspace = workspace,
                Cwd = cwd is null ? workspace.Folder : StatedTree.Absolute(workspace, cwd),
                PermissionMode = permissionMode,
            },
            Access = action is null ? null : new SuiteAccess(action, resource!, subtree),
            Context = context,
            Now = now ?? _now,
            Expected = expected,
            Policy = policy,
            Rule = rule,
            Reason = reason,
            Page = page,
            Differs = differs,
        };
    }

    private static ContextFacts ReadContext(MappingReader? context, string? permissionMode)
    {
        var facts = new ContextFacts
        {
            PermissionMode = permissionMode,
            Project = context?.Text("project"),
            Branch = context?.Text("branch"),
            Host = context?.Text("host"),
            Client = context?.Text("client"),
            SubagentType = context?.Text("subagentType"),
            SourceAddress = context?.Text("sourceAddress"),
        };
        context?.Finish();
        return facts;
    }

    private T? Fixture<T>(ScalarNode? node, Dictionary<string, T> known, string first, string what)
        where T : class
    {
        if (known.TryGetValue(node?.Text ?? first, out var found))
        {
            return found;
        }

        _diagnostics.Error(DiagnosticCodes.SuiteFixture, node!.At, $"`{Shown.Text(node.Text, 64)}` is no {what} of the fixtures", Nearest.Remedy(node.Text, known.Keys));
        return null;
    }

    private MappingReader? Mapping(DocumentNode node, string what)
    {
        if (node is MappingNode mapping)
        {
            return new MappingReader(mapping, _diagnostics);
        }

        _diagnostics.Error(DiagnosticCodes.WrongType, node.At, $"{what} is a set of `key: value` lines", "write for example `dev: { tags: [claude-code] }`");
        return null;
    }

    private Effect? ReadEffect(ScalarNode? node)
    {
        if (node is null)
        {
            return null;
        }

        if (EffectNames.Contains(node.Text))
        {
            return Enum.Parse<Effect>(node.Text, ignoreCase: true);
        }

        _diagnostics.Error(DiagnosticCodes.UnknownEffect, node.At, $"`{Shown.Text(node.Text, 64)}` is no effect", Nearest.Remedy(node.Text, EffectNames));
        return null;
    }

    private DateTimeOffset? ReadTime(ScalarNode node)
    {
        if (DateTimeOffset.TryParse(node.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        _diagnostics.Error(DiagnosticCodes.BadTime, node.At, $"`{Shown.Text(node.Text, 64)}` is no time", "write for example `2026-01-07T10:00:00Z`");
        return null;
    }
}
