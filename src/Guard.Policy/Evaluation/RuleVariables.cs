using System.Collections.Immutable;
using Guard.Policy.Cel;

namespace Guard.Policy.Evaluation;

/// <summary>The variables of a rule's <c>when</c>, and what each may reach.</summary>
internal static class RuleVariables
{
    private const int Tool = 0, Arguments = 1, Action = 2, Resource = 3, Agent = 4, Context = 5, Now = 6, Count = 7;

    private static readonly ImmutableDictionary<string, CelType> AgentMembers = new Dictionary<string, CelType>
    {
        ["id"] = CelType.String,
        ["name"] = CelType.String,
        ["tags"] = CelType.ListOf(CelType.String),
        ["trustTier"] = CelType.String,
        ["owner"] = CelType.Dyn,
        ["groups"] = CelType.ListOf(CelType.String),
    }.ToImmutableDictionary();

    private static readonly ImmutableDictionary<string, CelType> ContextMembers = new[]
    {
        "permissionMode", "project", "branch", "host", "client", "subagentType", "sourceAddress",
    }.ToImmutableDictionary(n => n, _ => CelType.String);

    public static CelEnvironment Environment { get; } = new(
    [
        new CelDeclaration("tool", CelType.String), new CelDeclaration("args", CelType.AnyMap), new CelDeclaration("action", CelType.String), new CelDeclaration("resource", CelType.String),
        new CelDeclaration("agent", CelType.AnyMap, AgentMembers), new CelDeclaration("context", CelType.AnyMap, ContextMembers), new CelDeclaration("now", CelType.Timestamp),
    ]);

    /// <param name="request">Where everything comes from.</param>
    /// <param name="access">The access that is judged.</param>
    /// <param name="resource">One spelling of its resource; null where it cannot be known.</param>
    /// <param name="arguments">Instead of the tool's input.</param>
    public static CelValue?[] Of(EvaluationRequest request, AccessView access, string? resource, CelValue? arguments = null)
    {
        var values = new CelValue?[Count];
        values[Tool] = request.Tool is { } tool ? Text(tool.Name) : null;
        values[Arguments] = arguments ?? request.Tool?.Arguments;
        values[Action] = Text(access.Access.Action);
        values[Resource] = resource is null ? null : Text(resource);
        values[Agent] = OfAgent(request.Agent);
        values[Context] = OfContext(request.Context);
        values[Now] = CelTimestamp.Of(request.Now);
        return values;
    }

    /// <summary>Whether the expression reads a fact that the client did not state, or that is not pinned.</summary>
    public static bool ReadsMissingFact(CelProgram program, ContextFacts facts) =>
        program.Reads.Contains("context") && Facts(facts).Any(f => f.Value is null && ReadsFact(program, f.Name));

    private static bool ReadsFact(CelProgram program, string name) => program.Reads.Contains($"context.{name}") || program.Reads.Contains("context.*");

    private static CelValue OfAgent(AgentFacts agent) => CelMap.Of(
    [
        Member("id", Text(agent.Id)), Member("name", Text(agent.Name)), Member("tags", Texts(agent.Tags)), Member("trustTier", Text(agent.TrustTier.ToString().ToLowerInvariant())),
        Member("owner", agent.Owner is { } owner ? Text(owner) : CelNull.Instance), Member("groups", Texts(agent.Groups)),
    ]);

    private static CelValue OfContext(ContextFacts facts) =>
        CelMap.Of([.. Facts(facts).Select(f => Member(f.Name, f.Value is { } value ? Text(value) : new CelUnstated($"`context.{f.Name}` is not stated")))]);

    private static IEnumerable<(string Name, string? Value)> Facts(ContextFacts facts) =>
    [
        ("permissionMode", facts.PermissionMode), ("project", facts.Project), ("branch", facts.Branch), ("host", facts.Host), ("client", facts.Client),
        ("subagentType", facts.SubagentType), ("sourceAddress", facts.SourceAddress),
    ];

    private static KeyValuePair<CelValue, CelValue> Member(string name, CelValue value) => new(new CelString(name), value);

    private static CelList Texts(IReadOnlyList<string> texts) => new([.. texts.Select(Text)]);

    private static CelValue Text(string text) => CelString.IsWellFormed(text) ? new CelString(text) : new CelError("the text holds half a character");
}
