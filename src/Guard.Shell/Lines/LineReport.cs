using Guard.Shell.Effects;
using Guard.Shell.Syntax;

namespace Guard.Shell.Lines;

/// <summary>What a line would do: its commands in their spellings, what they touch, and what cannot be known.</summary>
/// <param name="Line">The line as given.</param>
/// <param name="Script">Its tree; null if bash refuses it or the reader does not model it. Then all of it is one opaque part.</param>
/// <param name="Commands">In the order in which they would run; branches are not decided, so some may not.</param>
/// <param name="Accesses">Everything that policy judges, but for the line as a whole.</param>
/// <param name="Opaque">Parts that nothing is promised about; each is also an access.</param>
/// <param name="Steps">Work done: steps of the shell and commands looked at.</param>
public sealed record LineReport(
    string Line, ShellScript? Script, IReadOnlyList<LineCommand> Commands, IReadOnlyList<LineAccess> Accesses, IReadOnlyList<OpaquePart> Opaque, int Steps);

/// <summary>A simple command of the line, or one that such a command starts.</summary>
/// <param name="Span">The part of the line that makes it run.</param>
/// <param name="Normal">Its words joined by blanks, quoted where they need it. A <c>?</c> outside quotes is text that is not known, <c>?*</c> any number of words.</param>
/// <param name="Canonical">The same with the program's base name, without global options, subcommands by their full names.</param>
/// <param name="Words">After expansion.</param>
/// <param name="WorkingDirectory">The folder it runs in; null if not known.</param>
/// <param name="Parent">Index of the command that starts it; -1: the shell that reads the line.</param>
public sealed record LineCommand(SourceSpan Span, string Normal, string Canonical, IReadOnlyList<Argument> Words, string? WorkingDirectory, int Parent)
{
    /// <summary>It runs on another machine, in a container or under another root.</summary>
    public bool Elsewhere { get; init; }

    /// <summary>What its words mean to the program; null for a function of the line.</summary>
    public CommandEffects? Effects { get; init; }
}

/// <summary>One action on one resource.</summary>
/// <param name="Action">As policies name it: <c>read:file</c>.</param>
/// <param name="Resource">An absolute path, a URL, a host, a variable, a command in normal form, or a text; <c>?</c> if it cannot be known.</param>
/// <param name="Span">The part of the line that it comes from.</param>
/// <param name="Command">Index of its command; -1: the shell itself.</param>
public sealed record LineAccess(string Action, string Resource, SourceSpan Span, int Command)
{
    /// <summary>The path and all that is below it, as far as <see cref="Filter"/> says.</summary>
    public bool Subtree { get; init; }

    public SubtreeFilter Filter { get; init; } = SubtreeFilter.Everything;

    /// <summary>The resource is not, or not wholly, known.</summary>
    public bool Unknown { get; init; }

    /// <summary>Denials see it; it needs no allow of its own.</summary>
    public bool Inert { get; init; }

    /// <summary>The word may mean this; the program, or its option, is not described.</summary>
    public bool Guessed { get; init; }

    /// <summary>The file is run as code.</summary>
    public bool Runs { get; init; }

    /// <summary>For a file: its absolute path with <c>..</c> still in it, as the kernel follows it; null where that is <see cref="Resource"/>.</summary>
    public string? Path { get; init; }

    /// <summary>For a resource of which a part is known: how it is written, with <c>?</c> for the rest.</summary>
    public string? Written { get; init; }

    /// <summary>For <c>execute:opaque</c>: one of <see cref="LineOpacity"/>, or <c>shell.</c> with a program's own reason.</summary>
    public string? Why { get; init; }
}

/// <summary>A part of the line about which nothing is promised.</summary>
/// <param name="Code">One of <see cref="LineOpacity"/>, or <c>shell.</c> with a program's own reason.</param>
/// <param name="Span">Which part.</param>
/// <param name="Message">Why, in plain words; no text of the line.</param>
public sealed record OpaquePart(string Code, SourceSpan Span, string Message);
