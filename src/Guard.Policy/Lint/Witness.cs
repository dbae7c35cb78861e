using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Lint;

/// <summary>
/// Made-up accesses that rules are tried on: what a rule's own texts suggest that it means. They show that something can
/// happen, never that it cannot.
/// </summary>
internal static class Witness
{
    private const string Workspace = "/home/dev/app";
    private const string Home = "/home/dev";

    /// <summary>Accesses that the rule's texts suggest; empty where nothing can be made of them.</summary>
    public static IEnumerable<RequestedAccess> Of(RuleDefinition rule)
    {
        var actions = rule.Actions.SelectMany(Concrete).Distinct(StringComparer.Ordinal).ToList();
        var texts = rule.Resource is { } block ? Texts(block).Distinct(StringComparer.Ordinal).ToList() : ["sample"];
        return actions.SelectMany(action => texts.Select(text => Access(action, text))).Where(a => a is not null).Select(a => a!).Take(64);
    }

    /// <summary>An access by its action and a resource as a policy writes it.</summary>
    public static RequestedAccess? Access(string action, string text)
    {
        switch (ResourceKindOf.Action(action))
        {
            // There is no empty line to run and no empty address to fetch.
            case ResourceKinds.Command or ResourceKinds.Web when string.IsNullOrWhiteSpace(text):
                return null;
            case ResourceKinds.File:
                var path = AbsolutePath.Parse(text.StartsWith('/') ? text : text.StartsWith("~/", StringComparison.Ordinal) ? Home + text[1..] : $"{Workspace}/{text}")?.Text;
                return path is null ? null : new RequestedAccess { Action = action, Resource = path, Real = path };
            case ResourceKinds.Command:
                return new RequestedAccess { Action = action, Resource = text.Trim(), Canonical = text.Trim(), Words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
            case ResourceKinds.Web:
                return new RequestedAccess { Action = action, Resource = text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text.TrimStart('.', '/')}/" };
            default:
                return new RequestedAccess { Action = action, Resource = text };
        }
    }

    public static EvaluationRequest Request(RequestedAccess access, PolicyDefinition policy) => new()
    {
        Agent = Agent(policy.AppliesTo),
        Accesses = [access],
        Workspace = new WorkspaceFact { Folder = new FolderSpelling(Workspace, Workspace) },
        Homes = [new FolderSpelling(Home, Home)],
        Context = new ContextFacts { Project = policy.AppliesTo?.Projects.FirstOrDefault()?.Replace("*", "x", StringComparison.Ordinal) },
        Now = DateTimeOffset.UnixEpoch,
    };

    /// <summary>Whether the rule matches the access, whatever its policy applies to.</summary>
    public static bool Matches(PolicyCompiled policy, RuleCompiled rule, RequestedAccess access)
    {
        var request = Request(access, policy.Definition);
        return RuleTrial.Of(policy, rule, AccessView.From(access, 0, PathAnchors.From(request)), request, explain: false).Matched;
    }

    public static string Show(RequestedAccess access) => $"{access.Action} {Diagnostics.Shown.Text(access.Resource, 120)}";

    private static AgentFacts Agent(AppliesToDefinition? to) => new()
    {
        Id = to?.AgentIds.FirstOrDefault() ?? "agent",
        Name = to?.Agents.FirstOrDefault()?.Replace("*", "x", StringComparison.Ordinal) ?? "agent",
        Tags = to?.Tags ?? [],
        TrustTier = to?.TrustTiers is { IsEmpty: false } tiers ? tiers.Max() : TrustTier.Privileged,
        Groups = to?.Groups ?? [],
    };

    private static IEnumerable<string> Concrete(string action) => action switch
    {
        "*" or "*:*" => ["read:file", "execute:shell", "read:web_fetch"],
        "*:file" => ["read:file", "write:file"],
        "read:*" => ["read:file", "read:web_fetch"],
        "write:*" => ["write:file"],
        "execute:*" => ["execute:shell"],
        _ => [action.Replace("*", "x", StringComparison.Ordinal)],
    };

    private static IEnumerable<string> Texts(ResourceDefinition block)
    {
        foreach (var text in block.EqualTo)
        {
            yield return text;
        }

        foreach (var text in block.StartsWith)
        {
            yield return text + "x";
            yield return text;
        }

        foreach (var text in block.EndsWith.Concat(block.Contains))
        {
            yield return text;
            yield return "x" + text;
            yield return "x " + text + " x";
        }

        foreach (var text in block.Matches)
        {
            yield return Sample(text, "x");
            yield return Sample(text, "x/y");
            yield return Sample(text, "");
        }

        foreach (var text in block.Host)
        {
            yield return text.Replace("*", "www", StringComparison.Ordinal);
        }
    }

    private static string Sample(string glob, string stars) =>
        glob.Replace("**", stars, StringComparison.Ordinal).Replace("*", stars.Replace("/y", "", StringComparison.Ordinal), StringComparison.Ordinal).Replace("?", "x", StringComparison.Ordinal);
}
