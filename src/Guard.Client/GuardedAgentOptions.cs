using Guard.Protocol;

namespace Guard.Client;

/// <summary>What an agent says of itself and of the place where it works. Rules about the agent go by its key, not by this.</summary>
public sealed record GuardedAgentOptions
{
    /// <summary>Name of the agent's program, such as <c>release-bot</c>. Policies see it as the client.</summary>
    public required string Client { get; init; }

    /// <summary>Version of the agent's program, for the record.</summary>
    public string Version { get; init; } = "unknown";

    /// <summary>Joins the calls of one run. Absent: calls stand alone.</summary>
    public string? SessionId { get; init; }

    /// <summary>
    /// The project folder, absolute: what <c>./</c> means in policies. Absent: allow rules with <c>./</c> match nothing.
    /// A session keeps the one of its first call.
    /// </summary>
    public string? Workspace { get; init; }

    /// <summary>What relative paths mean, absolute. Absent: the process's current folder at each call.</summary>
    public string? Folder { get; init; }

    /// <summary>What <c>~</c> means, absolute. Absent: the account's home folder.</summary>
    public string? Home { get; init; }

    /// <summary>
    /// <see cref="Modes.Audit"/> asks to be recorded only. The gateway grants it to agents that may use it, and never
    /// against the floor.
    /// </summary>
    public string Mode { get; init; } = Modes.Enforce;
}
