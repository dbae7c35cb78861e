using System.Collections.Immutable;
using Guard.Policy.Tools;

namespace Guard.Policy.Compilation;

/// <summary>A policy ready to be evaluated. Immutable.</summary>
internal sealed record PolicyCompiled(PolicyDefinition Definition, AppliesToCompiled? AppliesTo, ImmutableArray<RuleCompiled> Rules)
{
    public string Name => Definition.Name;

    /// <summary>Of the tools dialect: it decides, and the rules only name its outcomes. Null: the rules decide.</summary>
    public ToolsCompiled? Tools { get; init; }
}
