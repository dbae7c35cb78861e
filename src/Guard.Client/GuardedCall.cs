using System.Text.Json;

namespace Guard.Client;

/// <summary>One call of one of the agent's tools, with everything it would do.</summary>
public sealed record GuardedCall
{
    /// <summary>The tool's name as the agent knows it.</summary>
    public required string Tool { get; init; }

    /// <summary>Everything the call would do; never empty. The first stands for the call in lists.</summary>
    public required IReadOnlyList<GuardedAccess> Accesses { get; init; }

    /// <summary>The tool's input, for the record. It is stored as given: leave out secrets and the content of files.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The agent's own id of the call.</summary>
    public string? ToolUseId { get; init; }
}

/// <summary>One thing that a call would do.</summary>
/// <param name="Action">An action of the policy language, see <see cref="Protocol.Actions"/>, or <c>invoke:</c> and the tool's name.</param>
/// <param name="Resource">Files: a path. Commands: the line. Web: the address. Tools: text that rules can look at.</param>
public sealed record GuardedAccess(string Action, string Resource);
