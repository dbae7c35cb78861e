using System.Collections.Immutable;

namespace Guard.Shell.Syntax;

/// <summary>One word before expansion. Braces, tildes and glob characters stand in its literal parts.</summary>
public sealed record Word(SourceSpan Span, ImmutableArray<WordPart> Parts) : SyntaxNode(Span)
{
    /// <summary>The text of a word that is one unquoted literal; null for any other.</summary>
    public string? LiteralText => Parts is [LiteralPart literal] ? literal.Text : null;
}

public abstract record WordPart(SourceSpan Span) : SyntaxNode(Span);

/// <summary>Unquoted characters; line continuations are gone.</summary>
public sealed record LiteralPart(SourceSpan Span, string Text) : WordPart(Span);

/// <summary>Characters quoted by a backslash, single quotes, or <c>$'...'</c> (decoded).</summary>
public sealed record QuotedPart(SourceSpan Span, string Text, QuoteKind Kind) : WordPart(Span);

public enum QuoteKind
{
    Backslash,
    SingleQuotes,
    AnsiC,
}

/// <summary><c>"..."</c>: literal parts in it are quoted text.</summary>
/// <param name="Span">With the quotes.</param>
/// <param name="Parts">In order.</param>
/// <param name="Translated">Written <c>$"..."</c>: what it says depends on message catalogues.</param>
public sealed record DoubleQuotedPart(SourceSpan Span, ImmutableArray<WordPart> Parts, bool Translated) : WordPart(Span);

/// <summary><c>$( ... )</c> or backquotes.</summary>
public sealed record CommandSubstitutionPart(SourceSpan Span, CommandList Body, bool Backquoted) : WordPart(Span);

/// <summary><c>&lt;( ... )</c> or <c>&gt;( ... )</c>.</summary>
public sealed record ProcessSubstitutionPart(SourceSpan Span, CommandList Body, bool IsInput) : WordPart(Span);

/// <summary><c>$(( ... ))</c></summary>
public sealed record ArithmeticPart(SourceSpan Span, Word Expression) : WordPart(Span);

/// <summary>The <c>( ... )</c> of an array assignment.</summary>
public sealed record ArrayPart(SourceSpan Span, ImmutableArray<ArrayElement> Elements) : WordPart(Span);

/// <summary>An element, perhaps with a subscript: <c>[key]=value</c>.</summary>
public sealed record ArrayElement(SourceSpan Span, Word? Subscript, bool Append, Word Value) : SyntaxNode(Span);

/// <summary><c>name=value</c>, <c>name[subscript]=value</c>, <c>name=( ... )</c>, each also with <c>+=</c>.</summary>
/// <param name="Span">The whole assignment.</param>
/// <param name="Name">The variable.</param>
/// <param name="Subscript">Between the brackets, or null.</param>
/// <param name="Append">Written <c>+=</c>.</param>
/// <param name="Value">The right side; an array's is one <see cref="ArrayPart"/>.</param>
public sealed record Assignment(SourceSpan Span, string Name, Word? Subscript, bool Append, Word Value) : SyntaxNode(Span);
