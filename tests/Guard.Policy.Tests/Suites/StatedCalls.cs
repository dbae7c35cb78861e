using System.Text;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Policy.Evaluation;
using Guard.Policy.Suites;
using Guard.Protocol;

namespace Guard.Policy.Tests.Suites;

/// <summary>Tool calls of suites as accesses: the real adapter over the stated file tree.</summary>
internal static class StatedCalls
{
    public static IReadOnlyList<RequestedAccess> Adapt(SuiteToolCall call, PolicyBundle bundle)
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

        var context = new AdapterContext { Paths = tree, Home = call.Workspace.Home, Workspace = call.Workspace.Folder, Walk = () => new WalkNames { Id = bundle.WalkId, Names = bundle.WalkNames } };
        var adapted = ClaudeCodeAdapter.AdaptTool(call.Tool, Encoding.UTF8.GetBytes(call.Input.GetRawText()), call.Cwd, context);
        return Requested(adapted.Accesses);
    }

    public static IReadOnlyList<RequestedAccess> Requested(IReadOnlyList<Access> accesses) =>
        [.. accesses.Select(a => new RequestedAccess
        {
            Action = a.Action,
            Resource = a.Resource,
            Real = a.Real,
            Canonical = a.Canonical,
            Words = a.Words,
            Command = a.Command is not { } c ? null : new RequestedCommand
            {
                Program = c.Program,
                OnPath = c.OnPath,
                Subcommand = c.Subcommand,
                Flags = c.Flags,
                Arguments = c.Arguments,
                Open = c.Open,
                Reads = c.Reads,
                Alone = c.Alone,
            },
            By = a.By,
            Walked = a.Walked,
            Note = a.Note,
            Primary = a.Primary,
            Subtree = a.Subtree,
            Unknown = a.Unknown,
            Inert = a.Inert,
            Why = a.Why,
        })];
}
