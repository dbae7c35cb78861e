using Guard.Protocol;

namespace Guard.Agents;

/// <summary>A tool call as a client reported it, with everything it would cause.</summary>
public sealed record AdaptedCall(ToolCall Call, IReadOnlyList<Access> Accesses);
