using System.Collections.Immutable;

namespace Guard.Shell.Syntax;

/// <summary>Anything that can be run.</summary>
public abstract record Command(SourceSpan Span) : SyntaxNode(Span);

/// <summary>Assignments, words and redirects, in this order of effect; any of them may be absent, not all.</summary>
public sealed record SimpleCommand(SourceSpan Span, ImmutableArray<Assignment> Assignments, ImmutableArray<Word> Words, ImmutableArray<Redirect> Redirects) : Command(Span);

/// <summary><c>a | b |&amp; c</c>, <c>! a</c>, <c>time a</c>: several commands, or one with a prefix.</summary>
/// <param name="Span">Prefixes included.</param>
/// <param name="Commands">At least one.</param>
/// <param name="ErrorsToo">For the command at the same index: it ended in <c>|&amp;</c>, so standard error goes into the pipe as well.</param>
/// <param name="Negated">An odd number of <c>!</c>.</param>
/// <param name="Timing">The reserved word <c>time</c> stands before it.</param>
public sealed record Pipeline(SourceSpan Span, ImmutableArray<Command> Commands, ImmutableArray<bool> ErrorsToo, bool Negated, PipelineTiming Timing) : Command(Span);

public enum PipelineTiming
{
    None,

    /// <summary><c>time</c></summary>
    Default,

    /// <summary><c>time -p</c></summary>
    Posix,
}

/// <summary><c>a &amp;&amp; b</c> or <c>a || b</c>; chains lean to the left.</summary>
public sealed record AndOr(SourceSpan Span, Command Left, bool IsAnd, Command Right) : Command(Span);

/// <summary>A command with its own syntax, which may carry redirects.</summary>
public abstract record CompoundCommand(SourceSpan Span, ImmutableArray<Redirect> Redirects) : Command(Span);

/// <summary><c>{ ...; }</c></summary>
public sealed record Group(SourceSpan Span, CommandList Body, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary><c>( ... )</c></summary>
public sealed record Subshell(SourceSpan Span, CommandList Body, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary><c>if</c> with its <c>elif</c> branches in order, and perhaps <c>else</c>.</summary>
public sealed record IfCommand(SourceSpan Span, ImmutableArray<IfBranch> Branches, CommandList? Else, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

public sealed record IfBranch(SourceSpan Span, CommandList Condition, CommandList Body) : SyntaxNode(Span);

/// <summary><c>for NAME in WORDS</c>; without <c>in</c> the words are null and mean the positional parameters.</summary>
public sealed record ForCommand(SourceSpan Span, string Variable, ImmutableArray<Word>? Words, CommandList Body, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary><c>select NAME in WORDS</c>; the chosen word is read from standard input.</summary>
public sealed record SelectCommand(SourceSpan Span, string Variable, ImmutableArray<Word>? Words, CommandList Body, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary><c>for ((a; b; c))</c></summary>
public sealed record ArithmeticForCommand(SourceSpan Span, Word Start, Word Condition, Word Step, CommandList Body, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary><c>while</c> or <c>until</c>.</summary>
public sealed record LoopCommand(SourceSpan Span, bool IsUntil, CommandList Condition, CommandList Body, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

public sealed record CaseCommand(SourceSpan Span, Word Subject, ImmutableArray<CaseClause> Clauses, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary>What happens after a clause's commands.</summary>
public enum CaseEnd
{
    /// <summary><c>;;</c>, or the last clause.</summary>
    Leave,

    /// <summary><c>;&amp;</c>: the next clause's commands run too.</summary>
    FallThrough,

    /// <summary><c>;;&amp;</c>: the next clauses' patterns are tried.</summary>
    TestNext,
}

public sealed record CaseClause(SourceSpan Span, ImmutableArray<Word> Patterns, CommandList? Body, CaseEnd End) : SyntaxNode(Span);

/// <summary><c>(( ... ))</c></summary>
/// <param name="Span">With the parentheses.</param>
/// <param name="Expression">Text that is expanded like a double-quoted string and then evaluated.</param>
/// <param name="Redirects">After the closing parentheses.</param>
public sealed record ArithmeticCommand(SourceSpan Span, Word Expression, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary><c>[[ ... ]]</c></summary>
public sealed record ConditionCommand(SourceSpan Span, Condition Condition, ImmutableArray<Redirect> Redirects) : CompoundCommand(Span, Redirects);

/// <summary><c>name() ...</c> or <c>function name ...</c>; redirects of the body apply at each call.</summary>
public sealed record FunctionDefinition(SourceSpan Span, string Name, CompoundCommand Body) : Command(Span);

/// <summary><c>coproc [NAME] command</c>; runs in the background with both ends piped.</summary>
public sealed record Coprocess(SourceSpan Span, string Name, Command Body) : Command(Span);
