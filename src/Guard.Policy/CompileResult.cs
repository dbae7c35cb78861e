using System.Diagnostics.CodeAnalysis;
using Guard.Policy.Diagnostics;

namespace Guard.Policy;

/// <summary>The outcome of <see cref="PolicyCompiler.Compile"/>: a bundle, or the reasons why there is none.</summary>
public sealed record CompileResult
{
    /// <summary>Null exactly when <see cref="Diagnostics"/> holds an error.</summary>
    public PolicyBundle? Bundle { get; init; }

    /// <summary>Every problem of every document, by file and place; warnings do not refuse.</summary>
    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    [MemberNotNullWhen(true, nameof(Bundle))]
    public bool Succeeded => Bundle is not null;
}
