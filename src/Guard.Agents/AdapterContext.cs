using Guard.Agents.Paths;
using Guard.Agents.Shell;
using Guard.Protocol;

namespace Guard.Agents;

/// <summary>What an adapter knows of the place where the tool call will happen.</summary>
public sealed record AdapterContext
{
    public required IPathView Paths { get; init; }

    /// <summary>The account's home folder as the password database has it. Null: not known, then <c>~</c> is unknown.</summary>
    public string? Home { get; init; }

    /// <summary>The value of <c>HOME</c> that programs will see. Null: the same as <see cref="Home"/>.</summary>
    public string? HomeVariable { get; init; }

    /// <summary>The project folder as the registration or the client states it.</summary>
    public string? Workspace { get; init; }

    /// <summary>The shell that would run command lines.</summary>
    public ShellEnvironment Shell { get; init; } = ShellEnvironment.Plain;

    /// <summary>What to look for in subtrees; asked only for a call that has one. Null, or a null answer: subtrees are not looked through.</summary>
    public Func<WalkNames?>? Walk { get; init; }

    /// <summary>
    /// The current folder, which stands in for the working directory and the workspace of an input that belongs to no
    /// session: a person trying the hook by hand.
    /// </summary>
    public string? ManualFolder { get; init; }
}
