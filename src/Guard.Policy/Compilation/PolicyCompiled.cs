using System.Collections.Immutable;

namespace Guard.Policy.Compilation;

/// <summary>A policy ready to be evaluated. Immutable.</summary>
internal sealed record PolicyCompiled(PolicyDefinition Definition, AppliesToCompiled? AppliesTo, ImmutableArray<RuleCompiled> Rules)
{
    public string Name => Definition.Name;
}
