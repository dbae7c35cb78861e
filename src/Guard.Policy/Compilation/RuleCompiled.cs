using System.Collections.Immutable;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Compilation;

/// <summary>A rule ready to be evaluated. Immutable.</summary>
internal sealed record RuleCompiled(
    RuleDefinition Definition,
    ImmutableArray<ActionPattern> Actions,
    ResourceBlock? Resource,
    CommandTest? Command,
    TimeSpanOfWeek? Time,
    ImmutableArray<ContextTest> Context)
{
    /// <summary>Null: no expression.</summary>
    public WhenTest? When { get; init; }

    /// <summary>Deny, approve and ask are judged generously, allow exactly.</summary>
    public bool IsGenerous => Definition.Effect != Effect.Allow;

    /// <summary>
    /// Names that a file must have for the rule to mean it, for the walk through subtrees; null where the conditions do not say.
    /// Then a subtree in which it could mean a file counts as meant.
    /// </summary>
    public ImmutableArray<string>? WalkNames { get; } = Definition.Effect == Effect.Allow || Definition.Resource is null ? null : FileNames.Of(Definition.Resource);

    public bool IsForAction(string action, bool subtree)
    {
        foreach (var pattern in Actions)
        {
            if (pattern.IsMatch(action, subtree, IsGenerous))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A comparison over a fact that the client states.</summary>
internal sealed record ContextTest(ContextFact Fact, ResourceBlock Block)
{
    /// <summary>A fact that is not there makes generous rules apply and exact ones not.</summary>
    public bool IsMatch(ContextFacts facts, bool generous) =>
        Value(facts) is { } value ? Block.IsMatch(Spelling.OfText(value), generous) : generous;

    public string? Value(ContextFacts facts) => Fact switch
    {
        ContextFact.PermissionMode => facts.PermissionMode,
        ContextFact.Project => facts.Project,
        ContextFact.Branch => facts.Branch,
        ContextFact.Host => facts.Host,
        ContextFact.Client => facts.Client,
        ContextFact.SubagentType => facts.SubagentType,
        _ => facts.SourceAddress,
    };
}
