using System.Text.Json.Nodes;
using Guard.Agents.ClaudeCode;
using Guard.Cli.Init;
using Guard.Client;

namespace Guard.Cli.Doctor;

/// <summary>
/// Asks the registered hook, exactly as the client would, about a call that must be denied under every policy and one that
/// must be allowed under every policy. Both are in the record, in a session whose name begins with <c>guard-doctor-</c>.
/// </summary>
internal static class HookCanaries
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<CanaryResult>> FlyAsync(SettingsLayer registered, string workspace, CancellationToken cancel)
    {
        var program = registered.Hook!["command"]!.ToString();
        var arguments = (registered.Hook["args"] as JsonArray ?? []).Select(arg => arg!.ToString().Replace("${CLAUDE_PROJECT_DIR}", workspace, StringComparison.Ordinal)).ToList();
        var session = "guard-doctor-" + Guid.NewGuid().ToString("N");

        // The floor keeps the client's settings from every agent; tools that touch the conversation alone need no allow.
        var denied = await AskAsync("Write", new JsonObject { ["file_path"] = registered.Path, ["content"] = "{}" });
        var allowed = await AskAsync("TaskList", []);
        return
        [
            denied is { ExitCode: 2 } && denied.Text.Contains("denied by policy floor", StringComparison.Ordinal)
                ? new CanaryResult("denied", Passed: true, denied.Text, Stopped: true)
                : new CanaryResult("denied", Passed: false, denied.ExitCode == 2 ? denied.Text : $"a write to {registered.Path} was not denied (exit code {denied.ExitCode}): {denied.Text}", Stopped: denied.ExitCode == 2),
            new CanaryResult("allowed", allowed.ExitCode == 0, allowed.Text, Stopped: allowed.ExitCode == 2),
        ];

        async Task<(int ExitCode, string Text)> AskAsync(string tool, JsonObject input)
        {
            var call = new JsonObject
            {
                ["session_id"] = session,
                ["cwd"] = workspace,
                ["permission_mode"] = "default",
                ["hook_event_name"] = HookEvents.PreToolUse,
                ["tool_name"] = tool,
                ["tool_input"] = input,
                ["tool_use_id"] = "guard-doctor-canary",
            };
            try
            {
                var result = await ChildProcess.RunAsync(program, arguments, call.ToJsonString() + "\n", workspace, Limit, cancel);
                return (result.ExitCode, PlainText.OneLine(result.Error.Trim()));
            }
            catch (IOException e)
            {
                return (-1, PlainText.OneLine(e.Message));
            }
        }
    }
}
