namespace Guard.Shell.Effects;

/// <summary>What a program that starts another command is to policy.</summary>
public enum WrapperKind
{
    None,

    /// <summary>Only the inner command counts (env, nice, timeout, xargs ...).</summary>
    Transparent,

    /// <summary>The program counts, and the inner command too (sudo, ssh, docker exec ...).</summary>
    Changer,
}

/// <summary>An option found on the line: every name the program knows it by (with dashes) and its values.</summary>
public sealed record OptionUse(IReadOnlyList<string> Names, IReadOnlyList<Argument> Values, int Word);

/// <summary>
/// A command that the command starts. Either <see cref="Words"/> (an argument vector) or <see cref="ShellText"/> (text that a shell parses) is set.
/// </summary>
public sealed record InnerCommand
{
    public IReadOnlyList<Argument> Words { get; init; } = [];

    public Argument? ShellText { get; init; }

    /// <summary>Operands come from standard input (xargs, parallel): <see cref="Argument.AnyWords"/> stands for them among the words.</summary>
    public bool FromInput { get; init; }

    /// <summary>The command runs on another machine, in a container or under another root.</summary>
    public bool Elsewhere { get; init; }

    /// <summary>Folder that the command runs in where the outer command changes it, relative to the outer command's folder.</summary>
    public Argument? Directory { get; init; }

    /// <summary>Variables set for the command, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<Argument> Assignments { get; init; } = [];

    public int Word { get; init; } = -1;
}

/// <summary>Program text on the line, for an interpreter (<c>python -c</c>).</summary>
public sealed record InlineCode(Argument Text, int Word);

/// <summary>Why a command, or a part of it, cannot be described.</summary>
public sealed record OpaqueReason(string Code, int Word);

/// <summary>What one simple command will do, as far as its words tell.</summary>
public sealed record CommandEffects
{
    /// <summary>Base name of the program as policy knows it (<c>/usr/bin/python3.11</c> is <c>python</c>'s <c>python3.11</c>: the base name as written).</summary>
    public required string Program { get; init; }

    /// <summary>The catalogue has an entry for the program.</summary>
    public bool Described { get; init; }

    /// <summary>Every option of the program (and subcommand) is described; an option that is not is then opaque.</summary>
    public bool Complete { get; init; }

    /// <summary>Subcommand path with aliases resolved: <c>[remote, add]</c>.</summary>
    public IReadOnlyList<string> Subcommand { get; init; } = [];

    /// <summary>Canonical form: base name, subcommand, then the remaining words; global options are left out.</summary>
    public IReadOnlyList<Argument> Canonical { get; init; } = [];

    public IReadOnlyList<OptionUse> Options { get; init; } = [];

    /// <summary>The words that are neither options, their values, nor subcommands.</summary>
    public IReadOnlyList<Argument> Operands { get; init; } = [];

    public IReadOnlyList<Effect> Effects { get; init; } = [];

    public IReadOnlyList<InnerCommand> Inner { get; init; } = [];

    public IReadOnlyList<InlineCode> Code { get; init; } = [];

    public IReadOnlyList<OpaqueReason> Opaque { get; init; } = [];

    /// <summary>Does nothing that policy has to allow (<c>true</c>, <c>echo</c>).</summary>
    public bool Inert { get; init; }

    /// <summary>Reads only its standard input, opens nothing and starts nothing, as it stands on this line.</summary>
    public bool Filter { get; init; }

    /// <summary>
    /// By its description, this use of the program only looks: all that it reads is among the effects, and it changes, sends and runs nothing.
    /// Commands that it starts are judged by themselves. False where any word of it is not understood.
    /// </summary>
    public bool Reads { get; init; }

    public WrapperKind Wrapper { get; init; }

    /// <summary>Standard input is program text or commands for this program (<c>bash</c>, <c>python -</c>, <c>psql</c>).</summary>
    public bool RunsInput { get; init; }

    /// <summary>Standard output is names of files at or below these folders (find, ls, rg -l): what xargs behind a pipe gets.</summary>
    public IReadOnlyList<string>? PrintsNamesBelow { get; init; }
}
