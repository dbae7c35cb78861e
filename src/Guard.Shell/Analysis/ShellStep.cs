using System.Collections.Immutable;
using Guard.Shell.Expansion;
using Guard.Shell.Syntax;

namespace Guard.Shell.Analysis;

/// <summary>Something that happens when a line runs, in order.</summary>
/// <param name="Span">The part of the line that makes it happen.</param>
public abstract record ShellStep(SourceSpan Span)
{
    /// <summary>Of <see cref="Turn"/>: the step stands where it happens.</summary>
    public const int InOrder = 0;

    /// <summary>Of <see cref="Turn"/>: from here on it may happen at any time (a job in the background, a trap).</summary>
    public const int AnyTimeLater = -1;

    /// <summary>Which loop, pipeline or the like it is a part of: steps of one may happen before others that are written down ahead of them. Loops that are unrolled are none.</summary>
    public int Turn { get; init; }
}

/// <summary>A simple command that would run, or might: branches are not decided.</summary>
/// <param name="Span">The command without its surroundings.</param>
/// <param name="Words">What it receives, its name first. Empty: only assignments and redirects.</param>
/// <param name="Assignments">Those before the name.</param>
/// <param name="Redirects">Its own, in order.</param>
/// <param name="Input">Where its standard input comes from, its own redirects included.</param>
/// <param name="WorkingDirectory">The folder it runs in; null if not known.</param>
public sealed record ShellCommand(
    SourceSpan Span,
    ImmutableArray<ExpandedField> Words,
    ImmutableArray<ShellAssignment> Assignments,
    ImmutableArray<ShellRedirect> Redirects,
    ShellInput Input,
    string? WorkingDirectory) : ShellStep(Span)
{
    /// <summary>The name, if it is known.</summary>
    public string? Name => Words is [ExpandedField.Known name, ..] ? name.Text : null;

    /// <summary>Its standard output goes into a pipe.</summary>
    public bool OutputIsPiped { get; init; }

    /// <summary>The name is a function of the line; the commands of its body are steps of their own.</summary>
    public bool IsFunction { get; init; }
}

/// <summary>Redirects of a compound command.</summary>
public sealed record ShellRedirection(SourceSpan Span, ImmutableArray<ShellRedirect> Redirects, string? WorkingDirectory) : ShellStep(Span);

/// <summary>The value of a variable is used.</summary>
public sealed record VariableRead(SourceSpan Span, string Name) : ShellStep(Span);

/// <summary>A variable is set by something other than an assignment or a builtin: a loop, an expansion, a coprocess.</summary>
public sealed record VariableSet(SourceSpan Span, string Name) : ShellStep(Span);

/// <summary>Something whose effect cannot be known.</summary>
public sealed record OpaqueStep(SourceSpan Span, OpacityCode Code) : ShellStep(Span);

/// <summary>Why a part is opaque.</summary>
public enum OpacityCode
{
    /// <summary>The program's name is not known.</summary>
    UnknownProgram,

    /// <summary>Arithmetic over a value that is not a known number may run what stands in it.</summary>
    ArithmeticOnUnknown,

    /// <summary>A parameter is chosen by a value (<c>${!x}</c>, <c>declare -n</c>).</summary>
    Indirection,

    /// <summary><c>${x@P}</c> of a value that is not known.</summary>
    PromptExpansion,

    /// <summary><c>eval</c> or <c>trap</c> with a text that is not known, or that is refused.</summary>
    UnknownCode,

    /// <summary>An option or alias changes how the rest would be read, or which program a name means.</summary>
    ReadingChanged,

    /// <summary>Functions call each other deeper than the limit.</summary>
    Recursion,

    /// <summary>More steps than the limit.</summary>
    TooManySteps,
}

/// <summary>A prefix assignment or an assignment that stands alone.</summary>
public sealed record ShellAssignment(SourceSpan Span, string Name, ExpandedField Value);

/// <summary>A redirect with its target expanded.</summary>
/// <param name="Span">Where it is written.</param>
/// <param name="Descriptor">The descriptor it sets; null if bash chooses one.</param>
/// <param name="Operator">Which one; <c>&gt;&amp;file</c> is <see cref="RedirectOperator.WriteBoth"/>.</param>
/// <param name="Target">The file, descriptor or text. For a here-document its body.</param>
public sealed record ShellRedirect(SourceSpan Span, int? Descriptor, RedirectOperator Operator, ExpandedField Target);

/// <summary>Where standard input comes from.</summary>
public abstract record ShellInput
{
    private ShellInput()
    {
    }

    /// <summary>What the shell itself was started with.</summary>
    public sealed record Inherited : ShellInput
    {
        public static Inherited Instance { get; } = new();
    }

    /// <summary>The output of earlier steps: those with index <paramref name="FirstStep"/> up to, not including, <paramref name="EndStep"/>.</summary>
    public sealed record Pipe(int FirstStep, int EndStep) : ShellInput
    {
        /// <summary>An earlier command has read some of it.</summary>
        public bool IsRest { get; init; }
    }

    /// <summary>A here-document or here-string.</summary>
    public sealed record Text(ExpandedField Content) : ShellInput;

    public sealed record File(ExpandedField Path) : ShellInput;

    /// <summary>Closed, or a descriptor whose origin is not followed.</summary>
    public sealed record Other : ShellInput
    {
        public static Other Instance { get; } = new();
    }
}
