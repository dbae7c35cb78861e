using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Agents.Shell;
using Guard.Protocol;

namespace Guard.Agents;

/// <summary>
/// A call of an agent whose tools no adapter knows: it states its actions and resources itself. Paths are resolved and
/// command lines taken apart as for every other client, because rules are written for what comes out of that.
/// </summary>
public static class StatedCall
{
    /// <summary>The name of the event on the wire; agents without hooks have no other.</summary>
    public const string Event = "PreToolUse";

    /// <summary>The whole call. The first of <paramref name="stated"/> stands for the call itself.</summary>
    /// <param name="call">Client, tool and everything else the agent says of the call; places are filled in here.</param>
    /// <param name="stated">Action and resource of each thing the call would do.</param>
    /// <param name="folder">What relative paths mean; null: they are unknown resources.</param>
    /// <param name="context">Where the call would happen.</param>
    /// <exception cref="UnreadableInputException">The call cannot be judged; it must not happen.</exception>
    public static AdaptedCall Adapt(ToolCall call, IEnumerable<(string Action, string Resource)> stated, string? folder, AdapterContext context)
    {
        var list = new AccessList(context, folder);
        foreach (var (action, resource) in stated) Add(list, action, resource);
        if (list.Accesses.Count == 0) throw new UnreadableInputException("the call states nothing that it would do");
        return new AdaptedCall(
            call with
            {
                Cwd = folder,
                Workspace = ClaudeCodeAdapter.PlaceOf(context.Workspace, context.Paths),
                Homes = ClaudeCodeAdapter.HomesOf(context),
            },
            list.Accesses);
    }

    private static void Add(AccessList list, string action, string resource)
    {
        if (!PathResolver.IsWellFormed(resource)) list.AddUnknown(action, "stated.not-text");
        else if (action == Actions.ExecuteShell && resource.Length > 0) ShellAccesses.Add(list, resource);
        else if (action is Actions.ReadFile or Actions.WriteFile or Actions.DeleteFile) list.AddFile(action, resource, "stated.no-path");
        else list.AddResource(action, resource, "stated.no-resource");
    }
}
