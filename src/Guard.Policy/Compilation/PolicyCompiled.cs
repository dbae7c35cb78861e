using System.Collections.Immutable;
using Guard.Policy.Tools;

namespace Guard.Policy.Compilation;

/// <summary>A policy ready to be evaluated. Immutable.</summary>
internal sealed record PolicyCompiled(PolicyDefinition Definition, AppliesToCompiled? AppliesTo, ImmutableArray<RuleCompiled> Rules)
{
    public string Name => Definition.Name;

    /// <summary>A workspace's own: whoever can write there wrote it, so it is heard only where it makes an outcome stronger.</summary>
    public bool OnlyTightens { get; init; }

    /// <summary>Of the tools dialect: it decides, and the rules only name its outcomes. Null: the rules decide.</summary>
    public ToolsCompiled? Tools { get; init; }
}
