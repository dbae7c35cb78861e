namespace Guard.Shell.Syntax;

/// <summary>What stands between <c>[[</c> and <c>]]</c>.</summary>
public abstract record Condition(SourceSpan Span) : SyntaxNode(Span);

public sealed record NotCondition(SourceSpan Span, Condition Inner) : Condition(Span);

/// <summary>Parentheses, kept so that the tree can be printed as it was meant.</summary>
public sealed record GroupedCondition(SourceSpan Span, Condition Inner) : Condition(Span);

public sealed record AndOrCondition(SourceSpan Span, Condition Left, bool IsAnd, Condition Right) : Condition(Span);

/// <summary>A word alone: true if it is not empty.</summary>
public sealed record WordCondition(SourceSpan Span, Word Word) : Condition(Span);

/// <summary><c>-f file</c> and its like.</summary>
public sealed record UnaryCondition(SourceSpan Span, string Operator, Word Operand) : Condition(Span);

/// <summary><c>a == pattern</c>, <c>a =~ regex</c>, <c>a -eq b</c> and their like. Operands of numeric operators are evaluated as arithmetic.</summary>
public sealed record BinaryCondition(SourceSpan Span, Word Left, string Operator, Word Right) : Condition(Span);
