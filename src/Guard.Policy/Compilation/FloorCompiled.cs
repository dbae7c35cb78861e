using System.Collections.Immutable;
using Guard.Policy.Indexing;
using Guard.Policy.Matching;

namespace Guard.Policy.Compilation;

/// <summary>The floor for one installation: deny rules that hold for every agent in every mode. Immutable.</summary>
/// <param name="Policy">The compiled-in document.</param>
/// <param name="Protected">Guard's own files and folders.</param>
/// <param name="Lifted">Left to policy, with everything below.</param>
/// <param name="Authorities">Of Guard's API.</param>
internal sealed record FloorCompiled(
    PolicyCompiled Policy,
    ImmutableArray<AbsolutePath> Protected,
    ImmutableArray<AbsolutePath> Lifted,
    ImmutableArray<GuardAuthority> Authorities)
{
    public RuleIndex Index { get; } = RuleIndex.Of([Policy]);
}
