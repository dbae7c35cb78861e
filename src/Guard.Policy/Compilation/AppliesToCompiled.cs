using System.Collections.Immutable;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Compilation;

/// <summary>Whether a policy is for an agent.</summary>
internal enum Applicability
{
    No,

    /// <summary>
    /// It may be: a fact that the client states is missing, or a name differs only in case. Then the policy only tightens.
    /// </summary>
    OnlyToTighten,
    Yes,
}

/// <summary><c>appliesTo</c>, compiled.</summary>
internal sealed class AppliesToCompiled
{
    private readonly AppliesToDefinition _definition;
    private readonly ImmutableArray<ResourceTest> _agents;
    private readonly ImmutableArray<ResourceTest> _projects;

    public AppliesToCompiled(AppliesToDefinition definition, ImmutableArray<ResourceTest> agents, ImmutableArray<ResourceTest> projects) =>
        (_definition, _agents, _projects) = (definition, agents, projects);

    public Applicability To(AgentFacts agent, ContextFacts context)
    {
        var result = Applicability.Yes;
        Narrow(_definition.Tags, tags => Any(tags, agent.Tags));
        Narrow(_definition.TrustTiers, tiers => tiers.Contains(agent.TrustTier) ? Applicability.Yes : Applicability.No);
        Narrow(_agents, names => Any(names, agent.Name));
        Narrow(_definition.AgentIds, ids => Any(ids, [agent.Id]));
        Narrow(_definition.Groups, groups => Any(groups, agent.Groups));
        Narrow(_projects, projects => context.Project is { } project ? Any(projects, project) : Applicability.OnlyToTighten);
        return result;

        void Narrow<T>(ImmutableArray<T> stated, Func<ImmutableArray<T>, Applicability> judge)
        {
            if (!stated.IsEmpty)
            {
                result = (Applicability)Math.Min((int)result, (int)judge(stated));
            }
        }
    }

    private static Applicability Any(ImmutableArray<string> wanted, IReadOnlyList<string> actual)
    {
        var best = Applicability.No;
        foreach (var text in actual)
        {
            if (wanted.Contains(text, StringComparer.Ordinal))
            {
                return Applicability.Yes;
            }

            if (wanted.Any(w => TextForm.Composed(w).Equals(TextForm.Composed(text), StringComparison.OrdinalIgnoreCase)))
            {
                best = Applicability.OnlyToTighten;
            }
        }

        return best;
    }

    private static Applicability Any(ImmutableArray<ResourceTest> wanted, string actual)
    {
        var text = Spelling.OfText(actual);
        if (wanted.Any(w => w.IsMatch(text, generous: false)))
        {
            return Applicability.Yes;
        }

        return wanted.Any(w => w.IsMatch(text, generous: true)) ? Applicability.OnlyToTighten : Applicability.No;
    }
}
