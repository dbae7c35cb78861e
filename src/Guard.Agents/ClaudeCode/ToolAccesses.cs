using System.Buffers;
using System.Text;
using Guard.Agents.Shell;
using Guard.Protocol;
using Guard.Shell.Effects;

namespace Guard.Agents.ClaudeCode;

/// <summary>The accesses of each of Claude Code's tools; <see cref="ToolTable"/> says the same in words.</summary>
internal static class ToolAccesses
{
    /// <summary>A tool's input of more bytes is no resource that rules could read: it is unknown.</summary>
    private const int MaxResourceBytes = 64 * 1024;

    private static readonly SearchValues<char> Wildcards = SearchValues.Create("*?[{(!\\");

    public static void Add(AccessList list, string tool, ClaudeCodeInput input)
    {
        var members = input.ToolInput;
        if (input.McpServer is not null || tool.StartsWith("mcp__", StringComparison.Ordinal))
        {
            AddMcpTool(list, tool, input);
            return;
        }

        switch (tool)
        {
            case "Bash" or "Monitor" or "exec":
                AddShell(list, members);
                break;
            case "Read":
                AddFiles(list, members, [Actions.ReadFile], "file_path", "path");
                break;
            case "Write":
                AddFiles(list, members, [Actions.WriteFile], "file_path", "path");
                break;
            case "Edit" or "MultiEdit":
                AddFiles(list, members, [Actions.WriteFile, Actions.ReadFile], "file_path", "path");
                break;
            case "NotebookEdit":
                AddFiles(list, members, [Actions.WriteFile, Actions.ReadFile], "notebook_path", "file_path", "path");
                break;
            case "Glob" or "LS":
                AddListing(list, members);
                break;
            case "Grep":
                AddSearch(list, members);
                break;
            case "WebFetch" or "web_fetch":
                list.AddResource(Actions.ReadWebFetch, members.Text("url"), "tool.no-url");
                break;
            case "WebSearch" or "web_search":
                list.AddResource(Actions.ReadWebSearch, members.Text("query"), "tool.no-query");
                break;
            case "browser":
                list.AddResource(Actions.ReadWebBrowse, members.Has("url") ? members.Text("url") : members.Text("action"), "tool.no-url");
                break;
            case "Workflow":
                AddWorkflow(list, members);
                break;
            case "Agent" or "Task":
                list.AddResource(Actions.DelegateAgent, members.Has("subagent_type") ? members.Text("subagent_type") : "general-purpose", "tool.no-agent");
                break;
            case "SendMessage":
                list.AddResource(Actions.DelegateAgent, Prefixed("message:", members.Text("to")), "tool.no-agent");
                break;
            case "ScheduleWakeup":
                list.AddResource(Actions.DelegateAgent, "wakeup", "tool.no-agent");
                break;
            case "CronCreate":
                list.AddResource(Actions.DelegateAgent, Prefixed("cron:", members.Text("cron")), "tool.no-schedule");
                break;
            case "EnterWorktree":
                AddInvoke(list, tool, members, inert: false);
                if (members.Has("path")) list.AddFile(Actions.ReadFile, members.Text("path"), "tool.no-path");
                break;
            default:
                AddInvoke(list, tool, members, ToolTable.IsInert(tool));
                break;
        }
    }

    private static void AddShell(AccessList list, ToolInput members)
    {
        // The client refuses both at once; judging both keeps that out of our assumptions.
        var hasSocket = members.Has("ws");
        if (members.Text("command") is { } line && !string.IsNullOrWhiteSpace(line)) ShellAccesses.Add(list, line);
        else if (!hasSocket || members.Has("command")) list.AddUnknown(Actions.ExecuteShell, "tool.no-command");
        if (hasSocket) list.AddResource(Actions.ConnectNetwork, members.Object("ws")?.Text("url"), "tool.no-url");
    }

    /// <summary>The first action needs an allow; the further ones are inert. Every member that could be the path counts.</summary>
    private static void AddFiles(AccessList list, ToolInput members, string[] actions, params ReadOnlySpan<string> names)
    {
        var found = false;
        foreach (var name in names)
        {
            if (!members.Has(name)) continue;
            found = true;
            for (var i = 0; i < actions.Length; i++) list.AddFile(actions[i], members.Text(name), "tool.no-path", inert: i > 0);
        }

        if (!found) list.AddUnknown(actions[0], "tool.no-path");
    }

    private static void AddListing(AccessList list, ToolInput members)
    {
        var folder = members.Has("path") ? members.Text("path") : ".";
        list.AddFile(Actions.ReadFile, folder, "tool.no-path");
        if (!members.Has("pattern")) return;
        if (members.Text("pattern") is not { } pattern || folder is null)
        {
            list.AddUnknown(Actions.ReadFile, "tool.no-pattern");
            return;
        }

        // The part before the first wildcard leads to the folder that is really listed.
        var wildcard = pattern.AsSpan().IndexOfAny(Wildcards);
        var slash = (wildcard < 0 ? pattern : pattern[..wildcard]).LastIndexOf('/');
        var fixedPart = slash < 0 ? "" : pattern[..(slash + 1)];
        if (LeavesItsFolder(pattern[fixedPart.Length..])) list.AddUnknown(Actions.ReadFile, "tool.pattern-leaves");
        if (fixedPart.Length == 0) return;
        var isRooted = fixedPart[0] is '/' || fixedPart.StartsWith("~/", StringComparison.Ordinal);
        list.AddFile(Actions.ReadFile, isRooted ? fixedPart : folder.TrimEnd('/') + "/" + fixedPart, "tool.no-pattern");
    }

    /// <summary>Whether a pattern's wildcards could lead upwards or, by an alternative, to the root.</summary>
    private static bool LeavesItsFolder(string pattern) =>
        pattern.Contains("..", StringComparison.Ordinal) || pattern.AsSpan().IndexOfAny('{', '(') >= 0 &&
        (pattern.Contains("{/", StringComparison.Ordinal) || pattern.Contains(",/", StringComparison.Ordinal) || pattern.Contains("(/", StringComparison.Ordinal) ||
        pattern.Contains("|/", StringComparison.Ordinal) || pattern.Contains('~', StringComparison.Ordinal));

    private static void AddSearch(AccessList list, ToolInput members)
    {
        var path = members.Has("path") ? members.Text("path") : ".";
        var absolute = path is null ? null : Paths.PathResolver.Absolute(path, list.Folder, list.Context.Home);
        var isFile = absolute is not null && list.Context.Paths.FormOf(Paths.PathResolver.Lexical(absolute)) == Paths.PathEntryForm.File;

        // The tool searches hidden files too; a pattern for names goes before the ignore files.
        string[] only = members.Text("glob") is { } glob ? [glob] : [];
        var filter = new SubtreeFilter(only, [], LeftOut.Ignored);
        list.AddFile(Actions.ReadFile, path, "tool.no-path", subtree: !isFile, filter: filter);
    }

    private static void AddWorkflow(AccessList list, ToolInput members)
    {
        if (members.Has("script")) list.AddResource(Actions.ExecuteCode, members.Text("script"), "tool.no-script");
        if (!members.Has("script") || members.Has("scriptPath")) list.AddUnknown(Actions.ExecuteCode, "tool.script-elsewhere");
        if (members.Has("scriptPath")) list.AddFile(Actions.ReadFile, members.Text("scriptPath"), "tool.no-path");
        list.AddResource(Actions.DelegateAgent, "workflow-subagent", "tool.no-agent", inert: true);
    }

    /// <summary>
    /// An MCP tool must carry its server's name: a server that calls its tool <c>Read</c>, or whose name runs into the
    /// tool's, could pass for another one.
    /// </summary>
    private static void AddMcpTool(AccessList list, string tool, ClaudeCodeInput input)
    {
        var action = Actions.InvokePrefix + tool;
        if (input.McpServer is not { } server)
        {
            AddInvoke(list, tool, input.ToolInput, inert: false);
            return;
        }

        var name = new string([.. server.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_')]);
        if (name.Length == 0 || !tool.StartsWith($"mcp__{name}__", StringComparison.Ordinal)) list.AddUnknown(action, "mcp.not-the-servers-name");
        else if (name.Contains("__", StringComparison.Ordinal)) list.AddUnknown(action, "mcp.ambiguous-name");
        else AddInvoke(list, tool, input.ToolInput, inert: false);
    }

    private static void AddInvoke(AccessList list, string tool, ToolInput members, bool inert)
    {
        var action = Actions.InvokePrefix + tool;
        var json = WireInput.ToCompactJson(members);
        if (json.Length > MaxResourceBytes) list.AddUnknown(action, "tool.input-too-large", inert);
        else list.Add(new Access { Action = action, Resource = Encoding.UTF8.GetString(json), Inert = inert, Why = inert ? "tool.inert" : null });
    }

    private static string? Prefixed(string prefix, string? text) => string.IsNullOrEmpty(text) ? null : prefix + text;
}
