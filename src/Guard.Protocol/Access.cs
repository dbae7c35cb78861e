namespace Guard.Protocol;

/// <summary>
/// One (action, resource) pair that a tool call would cause. A tool call is a list of these: the one that stands for the
/// call itself is <see cref="Primary"/>, all others are derived from it.
/// </summary>
public sealed record Access
{
    /// <summary><c>verb:noun</c>, see <see cref="Actions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>
    /// The thing acted on, in the spelling of the caller. Files: absolute path, <c>.</c> and <c>..</c> removed by text
    /// alone. Shell: for the primary access the whole line, for a simple command its words joined (normal form). Web: the
    /// URL as given. Tools: the input as compact JSON. <see cref="UnknownResource"/> where it cannot be known.
    /// </summary>
    public required string Resource { get; init; }

    /// <summary>Files only: the path after symlinks, also for a file that does not exist yet. Absent: could not be resolved.</summary>
    public string? Real { get; init; }

    /// <summary>Shell: canonical form of a simple command (wrappers gone, base name, options skipped). Absent: none known.</summary>
    public string? Canonical { get; init; }

    /// <summary>Shell: the words of a simple command after quote removal and expansion, program first; <c>?</c> stands for text that is not known.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Shell: what the words of a simple command mean to its program. Absent for the whole line.</summary>
    public CommandShape? Command { get; init; }

    /// <summary>Index, in the call, of the simple command that causes this access. Absent: the line or the tool itself.</summary>
    public int? By { get; init; }

    /// <summary>The access that stands for the tool call itself. At most one per call.</summary>
    public bool Primary { get; init; }

    /// <summary>Everything below <see cref="Resource"/> as well.</summary>
    public bool Subtree { get; init; }

    /// <summary>
    /// A subtree whose files were looked through by <see cref="DecisionRequest.Walk"/>: those that a rule could mean are accesses of
    /// their own, and no other file in it has such a name.
    /// </summary>
    public bool Walked { get; init; }

    /// <summary>The resource could not be known; <see cref="Resource"/> is then <see cref="UnknownResource"/>.</summary>
    public bool Unknown { get; init; }

    /// <summary>
    /// Needs no allow of its own: deny, approve and ask rules and the floor see it; when none matches and some policy
    /// applies to the agent, it passes.
    /// </summary>
    public bool Inert { get; init; }

    /// <summary>Why an access is opaque, unknown or inert, as a stable code such as <c>shell.operator</c>, for messages.</summary>
    public string? Why { get; init; }

    /// <summary>What <see cref="Why"/> means, in plain words and with a remedy; without text from the call.</summary>
    public string? Note { get; init; }

    /// <summary>The resource of an access that cannot be known.</summary>
    public const string UnknownResource = "?";
}
