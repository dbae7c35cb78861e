using System.Collections.Concurrent;
using Guard.Policy;
using Guard.Policy.Diagnostics;
using Guard.Protocol;

namespace Guard.Gateway.Policies;

/// <summary>Workspaces' own policies, compiled on top of the policies in force. Whoever can write in a workspace wrote them.</summary>
/// <remarks>Thread-safe. Keeps a few that were used, because every call of a session carries the same one.</remarks>
internal sealed class WorkspacePolicies(int capacity = 128)
{
    private const int ShownProblems = 3;

    private readonly ConcurrentDictionary<(string Bundle, string Digest), (PolicyBundle Bundle, string? Problem)> _compiled = new();

    /// <summary>The policies with the workspace's, or themselves with the reason why that one denies the call.</summary>
    public (PolicyBundle Bundle, string? Problem) Add(PolicyBundle bundle, WorkspacePolicy policy)
    {
        if (_compiled.Count >= capacity)
        {
            _compiled.Clear();
        }

        return _compiled.GetOrAdd((bundle.Hash, policy.Digest), static (_, given) => Compile(given.bundle, given.policy), (bundle, policy));
    }

    private static (PolicyBundle Bundle, string? Problem) Compile(PolicyBundle bundle, WorkspacePolicy policy)
    {
        var result = WorkspacePolicyCompiler.Compile(bundle, new PolicySource(WorkspacePolicy.File, policy.Text));
        if (result.Succeeded)
        {
            return (result.Bundle, null);
        }

        var errors = result.Diagnostics.Where(d => d.Severity == Severity.Error).ToList();
        var shown = string.Join("; ", errors.Take(ShownProblems)) + (errors.Count > ShownProblems ? $"; and {errors.Count - ShownProblems} more" : "");
        return (bundle, $"the workspace's own policy has errors, so nothing is allowed here until it is corrected or removed: {shown}");
    }
}
