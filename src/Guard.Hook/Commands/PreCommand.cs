using Guard.Agents.ClaudeCode;
using Guard.Hook.Gateway;
using Guard.Hook.Native;

namespace Guard.Hook.Commands;

/// <summary><c>guard-hook pre</c>: may this tool call happen?</summary>
internal static class PreCommand
{
    public static ClaudeCodeAnswer Run(HookRun run)
    {
        var settings = run.Settings;
        var input = ClaudeCodeInputReader.Read(StandardInput.ReadAll(run.Deadline));
        var adapted = ClaudeCodeAdapter.Adapt(input, run.PlaceOf(input));
        if (TraceLog.IsOn)
        {
            foreach (var access in adapted.Accesses) TraceLog.Write($"access {access.Action} {access.Resource} real={access.Real} inert={access.Inert} why={access.Why}");
        }

        var request = RequestWriter.Decision(run.TraceId, run.Identity(), settings.Audit, adapted, input.ToolInput);
        var decision = run.Gateway.Decide(run.TraceId, request);
        TraceLog.Write($"decision {decision.Answer} ({decision.Effect}, {decision.Mode}): {decision.Message}");
        return ClaudeCodeAnswer.ToToolCall(decision);
    }
}
