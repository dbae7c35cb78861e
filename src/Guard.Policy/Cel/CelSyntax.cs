using System.Collections.Immutable;

namespace Guard.Policy.Cel;

/// <summary>An expression as written, with its place and its depth.</summary>
internal abstract record CelSyntax(int Offset, int Depth);

/// <summary>A value written out.</summary>
internal sealed record CelLiteral(int Offset, CelValue Value) : CelSyntax(Offset, 1);

/// <summary>A name. <see cref="Absolute"/>: with a leading dot, so that no variable of a macro is meant.</summary>
internal sealed record CelName(int Offset, string Name, bool Absolute) : CelSyntax(Offset, 1);

/// <summary><c>operand.field</c></summary>
internal sealed record CelSelect(int Offset, CelSyntax Operand, string Field, bool Quoted) : CelSyntax(Offset, Operand.Depth + 1);

/// <summary>A call of a function, a method or an operator (<c>_+_</c>). The target of a method is the first argument.</summary>
internal sealed record CelCall(int Offset, string Function, bool IsMethod, ImmutableArray<CelSyntax> Arguments)
    : CelSyntax(Offset, Arguments.Select(a => a.Depth).DefaultIfEmpty(0).Max() + 1);

/// <summary><c>[a, b]</c></summary>
internal sealed record CelListLiteral(int Offset, ImmutableArray<CelSyntax> Items)
    : CelSyntax(Offset, Items.Select(a => a.Depth).DefaultIfEmpty(0).Max() + 1);

/// <summary><c>{k: v}</c></summary>
internal sealed record CelMapLiteral(int Offset, ImmutableArray<KeyValuePair<CelSyntax, CelSyntax>> Entries)
    : CelSyntax(Offset, Entries.Select(e => Math.Max(e.Key.Depth, e.Value.Depth)).DefaultIfEmpty(0).Max() + 1);
