using Guard.Protocol;

namespace Guard.Agents.ClaudeCode;

/// <summary>What Guard knows of Claude Code's tools. Names are compared exactly: the client never spells them otherwise.</summary>
public static class ToolTable
{
    /// <summary>Tools with accesses of their own, in the order of the documentation.</summary>
    public static readonly IReadOnlyList<KnownTool> Known =
    [
        new(["Bash", "Monitor", "exec"], Actions.ExecuteShell, "the line; each command it runs, and the files, hosts, variables and code they name; `execute:opaque` for what cannot be known. `Monitor` with `ws`: `connect:network`"),
        new(["Read"], Actions.ReadFile, "`file_path` (or `path`)"),
        new(["Write"], Actions.WriteFile, "`file_path` (or `path`)"),
        new(["Edit", "MultiEdit"], Actions.WriteFile, "`file_path` (or `path`); inert `read:file` of the same"),
        new(["NotebookEdit"], Actions.WriteFile, "`notebook_path` (or `file_path`, `path`); inert `read:file` of the same"),
        new(["Glob", "LS"], Actions.ReadFile, "the folder alone (`path`, or the working directory); the fixed beginning of `pattern` where it leads elsewhere"),
        new(["Grep"], Actions.ReadFile, "`path` or the working directory with everything below; the file alone where it is one"),
        new(["WebFetch", "web_fetch"], Actions.ReadWebFetch, "`url`"),
        new(["WebSearch", "web_search"], Actions.ReadWebSearch, "`query`"),
        new(["browser"], Actions.ReadWebBrowse, "`url`, else `action`"),
        new(["Workflow"], Actions.ExecuteCode, "`script`; unknown where it lies elsewhere, with `read:file` of `scriptPath`; inert `delegate:agent`"),
        new(["Agent", "Task"], Actions.DelegateAgent, "`subagent_type`, `general-purpose` where none is stated"),
        new(["SendMessage"], Actions.DelegateAgent, "`message:` and `to`"),
        new(["ScheduleWakeup"], Actions.DelegateAgent, "`wakeup`"),
        new(["CronCreate"], Actions.DelegateAgent, "`cron:` and the schedule"),
        new(["EnterWorktree"], Actions.InvokePrefix + "EnterWorktree", "the input; `read:file` of `path` where it is stated"),
    ];

    /// <summary>Tools that touch only the conversation, with the reason for each. Their access is inert.</summary>
    public static readonly IReadOnlyList<InertTool> Inert =
    [
        new("AskUserQuestion", "asks the person at the client"),
        new("EnterPlanMode", "takes permissions away from the agent"),
        new("ExitPlanMode", "shows a plan; the person at the client decides"),
        new("ListAgents", "lists the agents of this session"),
        new("CronList", "lists what was scheduled"),
        new("CronDelete", "takes a scheduled start away"),
        new("TaskCreate", "the session's task list"),
        new("TaskGet", "the session's task list"),
        new("TaskList", "the session's task list"),
        new("TaskUpdate", "the session's task list"),
        new("TaskStop", "ends a background task of this session"),
        new("TaskOutput", "shows the output of a task that was judged when it started"),
        new("TodoRead", "the session's task list"),
        new("TodoWrite", "the session's task list"),
        new("ToolSearch", "loads the description of a tool"),
        new("ReportFindings", "shows findings to the person at the client"),
    ];

    /// <summary>Whether the tool is on the inert list.</summary>
    internal static bool IsInert(string tool)
    {
        foreach (var row in Inert)
        {
            if (row.Name == tool) return true;
        }

        return false;
    }
}

/// <summary>A tool with accesses of its own.</summary>
/// <param name="Names">The client's name, and older or other names that are treated alike.</param>
/// <param name="Action">The primary access's action.</param>
/// <param name="Resource">The primary access's resource, and derived accesses, for the documentation.</param>
public sealed record KnownTool(IReadOnlyList<string> Names, string Action, string Resource);

/// <summary>A tool that touches only the conversation.</summary>
public sealed record InertTool(string Name, string Reason);
