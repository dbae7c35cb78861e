using Guard.Agents.ClaudeCode;
using Guard.Hook.Gateway;
using Guard.Hook.Native;

namespace Guard.Hook.Commands;

/// <summary>
/// <c>guard-hook post</c>: how did it end? Nothing can be blocked any more: what no gateway takes is kept for later, and only
/// what cannot be kept is said.
/// </summary>
internal static class PostCommand
{
    public static ClaudeCodeAnswer Run(HookRun run)
    {
        var input = ClaudeCodeInputReader.Read(StandardInput.ReadAll(run.Deadline));
        var outcome = ClaudeCodeOutcome.Of(input);
        var request = RequestWriter.Outcome(run.Identity(), input, outcome);
        // The deadline or a signal may come first.
        Verdict.Afterwards = _ => run.Spool.KeepOutcome(request);
        try
        {
            run.Gateway.Report(run.TraceId, request);
            Verdict.Afterwards = _ => run.Spool.HandOver(run.Deadline);
        }
        catch (HookFailure failure)
        {
            Verdict.Afterwards = null;
            if (failure is GatewayRefusal { IsFinal: true } || !run.Spool.KeepOutcome(request)) throw;
            TraceLog.Write(failure.Message);
        }

        return ClaudeCodeAnswer.Silent;
    }
}
