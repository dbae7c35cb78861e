using Guard.Protocol;

namespace Guard.Gateway.Decisions;

/// <summary>What a call may use of the facts that its client states. Null: not stated, changed within the session, or not pinned.</summary>
/// <param name="Project">The repository.</param>
/// <param name="Branch">What is checked out.</param>
/// <param name="Host">The machine.</param>
/// <param name="PolicyChanged">The workspace's own policy is not the one that the session started with.</param>
internal sealed record SessionFacts(string? Project, string? Branch, string? Host, bool PolicyChanged)
{
    /// <summary>As stated, for trials that belong to no session.</summary>
    public static SessionFacts Of(ToolCall call) => new(call.Project, call.Branch, call.Host, PolicyChanged: false);
}
