using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Guard.Policy.Cel;

internal enum CelTokenKind
{
    End,
    Identifier,
    QuotedIdentifier,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Symbol,
}

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Where it begins, in UTF-16 units.</param>
/// <param name="Text">Names, symbols and digits as written; strings after their escapes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CelToken(CelTokenKind Kind, int Offset, string Text)
{
    /// <summary>Of <see cref="CelTokenKind.Bytes"/>.</summary>
    public ImmutableArray<byte> Bytes { get; init; }

    public bool Is(string symbol) => Kind == CelTokenKind.Symbol && Text == symbol;
}
