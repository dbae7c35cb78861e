using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>
/// The folder in which the client keeps long results of the session that runs: the one place below <c>~/.claude</c> that
/// the floor leaves to policy.
/// </summary>
internal static class SessionResults
{
    private const int MaxSessionId = 64;

    /// <summary>Every spelling of the path lies in <c>~/.claude/projects/&lt;project&gt;/&lt;session&gt;/</c>.</summary>
    public static bool Holds(AccessView access, EvaluationRequest request)
    {
        if (access.Uncoverable is not null || request.Homes.Count == 0 || !IsSessionId(request.SessionId))
        {
            return false;
        }

        return access.Exact.All(spelling => spelling.Anchors!.Bases(home: true, spelling.IsReal, generous: false).Any(home =>
            spelling.Path!.IsAtOrBelow(home, ignoreCase: false)
            && IsBelowSession(spelling.Path, home.Depth, request.SessionId)));
    }

    private static bool IsBelowSession(AbsolutePath path, int first, string? session) =>
        path.Depth >= first + 5 && path.Segment(first) is ".claude" && path.Segment(first + 1) is "projects" && path.Segment(first + 3).SequenceEqual(session);

    private static bool IsSessionId(string? id) =>
        id is { Length: >= 8 and <= MaxSessionId } && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
