using System.Text;
using System.Text.Json.Nodes;
using Guard.Agents;
using Guard.Agents.ClaudeCode;
using Guard.Agents.Paths;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>Turns what a person asks about into the call that a hook would send from this machine.</summary>
internal static class TrialCall
{
    private const string Tool = "guard-policy-test";

    /// <summary>A tool call in the client's own words.</summary>
    /// <exception cref="CliException">The input is not what the client would send.</exception>
    public static AdaptedCall OfTool(CliContext context, string workspace, string tool, string inputJson, WalkNames? walk = null)
    {
        try
        {
            return WithFacts(ClaudeCodeAdapter.AdaptTool(tool, Encoding.UTF8.GetBytes(inputJson), workspace, AdapterContextFor(context, workspace, walk)));
        }
        catch (UnreadableInputException e)
        {
            throw CliException.Usage($"--input: {e.Message}");
        }
    }

    /// <summary>
    /// One access. Files are resolved as the hook does it; a shell line is taken apart, because that is what rules see of it.
    /// </summary>
    public static AdaptedCall OfAccess(CliContext context, string workspace, string action, string resource, WalkNames? walk = null)
    {
        if (action == Actions.ExecuteShell)
            return OfTool(context, workspace, "Bash", new JsonObject { ["command"] = resource }.ToJsonString(), walk);

        var paths = new MachinePathView();
        var access = new Access { Action = action, Resource = resource, Primary = true };
        if (action.EndsWith(":file", StringComparison.Ordinal))
        {
            var absolute = PathResolver.Absolute(resource, workspace, context.Home)
                ?? throw CliException.Usage($"--resource `{resource}` is not a path");
            access = access with { Resource = PathResolver.Lexical(absolute), Real = PathResolver.Resolve(paths, absolute).Real };
        }

        return WithFacts(new AdaptedCall(
            new ToolCall
            {
                Client = ClaudeCodeAdapter.Client,
                Event = HookEvent,
                Tool = Tool,
                Cwd = workspace,
                Workspace = Place(paths, workspace),
                Homes = [Place(paths, context.Home)],
            },
            [access]));
    }

    // As the hook states them; a policy that cannot be sent denies every call, so there is nothing to try.
    private static AdaptedCall WithFacts(AdaptedCall call)
    {
        try
        {
            return call with { Call = WorkspaceFacts.AddTo(call.Call, new MachinePathView(), Environment.MachineName) };
        }
        catch (UnreadableInputException e)
        {
            throw CliException.Refused(e.Message, e);
        }
    }

    private const string HookEvent = HookEvents.PreToolUse;

    private static AdapterContext AdapterContextFor(CliContext context, string workspace, WalkNames? walk) => new()
    {
        Paths = new MachinePathView(),
        Home = context.Home,
        Workspace = workspace,
        Walk = () => walk,
    };

    private static Place Place(MachinePathView paths, string folder) =>
        new() { Written = PathResolver.Lexical(folder), Real = PathResolver.Resolve(paths, folder).Real };
}
