using Guard.Agents.Paths;

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

    /// <summary>
    /// The current folder, which stands in for the working directory and the workspace of an input that belongs to no
    /// session: a person trying the hook by hand.
    /// </summary>
    public string? ManualFolder { get; init; }
}
