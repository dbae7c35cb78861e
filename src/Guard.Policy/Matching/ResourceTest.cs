using System.Collections.Immutable;

namespace Guard.Policy.Matching;

/// <summary>One comparison of a block, compiled for both polarities.</summary>
internal abstract class ResourceTest
{
    /// <summary>The operator and operand as they stand in the document, e.g. <c>matches `./src/**`</c>.</summary>
    public abstract string Shown { get; }

    /// <param name="spelling">The text to judge.</param>
    /// <param name="generous">As in a deny: ignore case and Unicode form, search, count what might be meant. Else exact.</param>
    public abstract bool IsMatch(Spelling spelling, bool generous);

    /// <summary>
    /// Texts of which at least one stands in whatever the test matches, subtrees in a deny aside; null: nothing is known.
    /// </summary>
    public virtual ImmutableArray<string>? Needles(ResourceKinds kind, bool generous) => null;

    /// <summary>Whether a text that begins like <paramref name="spelling"/> (<see cref="Spelling.IsOpen"/>) could match in a deny.</summary>
    public virtual bool CouldMatch(Spelling spelling) => true;
}
