using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>Starting an agent client in a way that leaves its hooks, and so Guard, out.</summary>
internal static class AgentClientCommands
{
    private const string Package = "@anthropic-ai/claude-code";

    private static readonly FloorVerdict Verdict =
        new("hooks-off", "It would start an agent that does not ask Guard. Start it without options or variables that change its settings.");

    private static readonly ImmutableArray<string> Options = ["--bare", "--safe-mode", "--setting-sources", "--settings"];

    private static readonly ImmutableArray<string> Variables = ["CLAUDE_CODE_SIMPLE", "CLAUDE_CONFIG_DIR", "CLAUDE_CODE_SHELL_PREFIX", "CLAUDE_CODE_SAFE_MODE"];

    /// <summary>What forbids the command, or null.</summary>
    public static FloorVerdict? Judge(RoughCommand command)
    {
        // Setting the variable is enough: the client that reads it may be started by a later call.
        if (command.Assignments.Any(SetsVariable) || command.Words.Any(SetsVariable))
        {
            return Verdict;
        }

        if (!IsClient(command))
        {
            return null;
        }

        var turnedOff = command.Arguments.Any(a => Options.Any(o => a == o || a.StartsWith(o + "=", StringComparison.Ordinal)) || a.Contains("disableAllHooks", StringComparison.Ordinal));
        var anotherHome = command.Assignments.Any(a => a.StartsWith("HOME=", StringComparison.Ordinal));
        return turnedOff || anotherHome ? Verdict : null;
    }

    private static bool IsClient(RoughCommand command) =>
        command.Program is "claude" or "claude-code" || command.Words.Any(static w => w.Contains(Package, StringComparison.Ordinal));

    private static bool SetsVariable(string word)
    {
        var sign = word.IndexOf('=', StringComparison.Ordinal);
        return sign > 0 && Variables.Contains(word[..sign]);
    }
}
