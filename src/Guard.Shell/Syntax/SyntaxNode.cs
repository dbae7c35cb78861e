using System.Collections.Immutable;

namespace Guard.Shell.Syntax;

/// <summary>Any part of the tree. Nodes are immutable and know the characters they were read from.</summary>
public abstract record SyntaxNode(SourceSpan Span);

/// <summary>A whole text as given to <c>bash -c</c>.</summary>
/// <param name="Span">All of it.</param>
/// <param name="Source">The text itself, so that spans can be shown.</param>
/// <param name="Body">The commands; there may be none.</param>
public sealed record ShellScript(SourceSpan Span, string Source, CommandList Body) : SyntaxNode(Span);

/// <summary>Commands one after the other, each with what ended it.</summary>
public sealed record CommandList(SourceSpan Span, ImmutableArray<ListItem> Items) : SyntaxNode(Span);

/// <summary>One entry of a list; a background entry ended with <c>&amp;</c>.</summary>
public sealed record ListItem(SourceSpan Span, Command Command, bool Background) : SyntaxNode(Span);
