using System.Text;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Policy.Evaluation;
using Guard.Policy.Suites;

namespace Guard.Policy.Tests.Suites;

/// <summary>Tool calls of suites as accesses: the real adapter over the stated file tree.</summary>
internal static class StatedCalls
{
    public static IReadOnlyList<RequestedAccess> Adapt(SuiteToolCall call)
    {
        var tree = new StatedPathView().AddFolder(call.Workspace.Folder).AddFolder(call.Workspace.Home);
        foreach (var file in call.Workspace.Files)
        {
            tree.AddFile(file);
        }

        foreach (var (path, target) in call.Workspace.Links)
        {
            tree.AddLink(path, target);
        }

        var context = new AdapterContext { Paths = tree, Home = call.Workspace.Home, Workspace = call.Workspace.Folder };
        var adapted = ClaudeCodeAdapter.AdaptTool(call.Tool, Encoding.UTF8.GetBytes(call.Input.GetRawText()), call.Cwd, context);
        return [.. adapted.Accesses.Select(a => new RequestedAccess
        {
            Action = a.Action,
            Resource = a.Resource,
            Real = a.Real,
            Canonical = a.Canonical,
            Words = a.Words,
            Primary = a.Primary,
            Subtree = a.Subtree,
            Unknown = a.Unknown,
            Inert = a.Inert,
            Why = a.Why,
        })];
    }
}
