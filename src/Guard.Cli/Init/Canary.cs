using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Agents.ClaudeCode;
using Guard.Client;

namespace Guard.Cli.Init;

/// <summary>
/// Runs the registered hook once, the way the client does, with a call that the floor denies in every mode and under every
/// policy: a write to the settings that hold the hook.
/// </summary>
internal static class Canary
{
    private const string Nobody = "65534";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<CanaryReport> FlyAsync(string hookPath, string configPath, string settingsPath, string workspace, CancellationToken cancel, bool asNobody = false)
    {
        var arguments = HookRegistrations.Arguments(HookEvents.PreToolUse, configPath)
            .Select(a => a == "${CLAUDE_PROJECT_DIR}" ? workspace : a).ToList();
        ChildProcess.Result result;
        try
        {
            // As an account without rights of its own: what the hook can then, it can by its group alone.
            result = asNobody
                ? await ChildProcess.RunAsync("setpriv", ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", hookPath, .. arguments], Call(settingsPath, workspace), workspace, Limit, cancel)
                : await ChildProcess.RunAsync(hookPath, arguments, Call(settingsPath, workspace), workspace, Limit, cancel);
        }
        catch (IOException e)
        {
            return new CanaryReport(Stopped: false, $"the hook gave no answer: {PlainText.OneLine(e.Message)}");
        }

        var reason = PlainText.OneLine((DeniedBecause(result.Output) ?? result.Error).Trim());
        if (result.ExitCode != 2 || DeniedBecause(result.Output) is null)
            return new CanaryReport(Stopped: false, $"the hook did NOT deny a write to {settingsPath} (exit code {result.ExitCode}): {reason}");
        return new CanaryReport(reason.Contains("denied by policy floor,", StringComparison.Ordinal), reason);
    }

    private static string Call(string settingsPath, string workspace) => new JsonObject
    {
        ["session_id"] = "guard-init-" + Guid.NewGuid().ToString("N"),
        ["cwd"] = workspace,
        ["permission_mode"] = "default",
        ["hook_event_name"] = HookEvents.PreToolUse,
        ["tool_name"] = "Write",
        ["tool_input"] = new JsonObject { ["file_path"] = settingsPath, ["content"] = "{}" },
        ["tool_use_id"] = "guard-init-canary",
    }.ToJsonString() + "\n";

    private static string? DeniedBecause(string output)
    {
        try
        {
            using var answer = JsonDocument.Parse(output);
            return answer.RootElement.ValueKind == JsonValueKind.Object
                && answer.RootElement.TryGetProperty("hookSpecificOutput", out var specific)
                && specific.TryGetProperty("permissionDecision", out var decision) && decision.ValueEquals("deny")
                && specific.TryGetProperty("permissionDecisionReason", out var reason)
                    ? reason.GetString()
                    : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
