using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Guard.Policy.Evaluation;

/// <summary>
/// The members that a known tool may leave out of its input: comparing one that is missing is false. Of every other tool,
/// and of members that are not here, a missing one is an error.
/// </summary>
internal static class ToolMembers
{
    private static readonly FrozenDictionary<string, ImmutableHashSet<string>> OptionalOf = new Dictionary<string, ImmutableHashSet<string>>(StringComparer.Ordinal)
    {
        ["Agent"] = ["subagent_type", "model", "effort", "run_in_background", "isolation"],
        ["Task"] = ["subagent_type", "model", "effort", "run_in_background", "isolation"],
        ["Bash"] = ["timeout", "description", "run_in_background", "dangerouslyDisableSandbox"],
        ["exec"] = ["timeout", "description", "run_in_background", "workdir", "env"],
        ["Monitor"] = ["command", "ws"],
        ["Read"] = ["offset", "limit", "pages", "allow_large"],
        ["Write"] = [],
        ["Edit"] = ["replace_all"],
        ["MultiEdit"] = [],
        ["NotebookEdit"] = ["cell_id", "cell_type", "edit_mode"],
        ["Glob"] = ["path"],
        ["LS"] = ["path", "ignore"],
        ["Grep"] = ["path", "glob", "output_mode", "-B", "-A", "-C", "context", "-n", "-i", "-o", "type", "head_limit", "offset", "multiline"],
        ["WebFetch"] = ["offset"],
        ["web_fetch"] = ["offset", "prompt"],
        ["WebSearch"] = ["allowed_domains", "blocked_domains"],
        ["web_search"] = ["allowed_domains", "blocked_domains"],
        ["browser"] = ["url", "action", "selector", "text"],
        ["Skill"] = ["args"],
        ["Workflow"] = ["script", "name", "description", "title", "args", "scriptPath", "resumeFromRunId"],
        ["SendMessage"] = ["summary", "notify_when_idle"],
        ["ScheduleWakeup"] = ["delaySeconds", "reason", "prompt", "stop", "noop"],
        ["CronCreate"] = ["recurring", "durable"],
        ["EnterWorktree"] = ["name", "path"],
        ["ExitWorktree"] = ["discard_changes"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null: the tool is not known.</summary>
    public static ImmutableHashSet<string>? Optional(string tool) => OptionalOf.GetValueOrDefault(tool);
}
