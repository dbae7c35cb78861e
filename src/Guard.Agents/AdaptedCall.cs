using Guard.Protocol;

namespace Guard.Agents;

/// <summary>A tool call as a client reported it, with everything it would cause.</summary>
public sealed record AdaptedCall(ToolCall Call, IReadOnlyList<Access> Accesses)
{
    /// <summary>The names by which the call's subtrees were looked through, <see cref="WalkNames.Id"/>; null: there were none, or no names.</summary>
    public string? Walk { get; init; }
}
