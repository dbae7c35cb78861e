using Guard.Agents.ClaudeCode;
using Guard.Hook.Gateway;
using Guard.Hook.Native;

namespace Guard.Hook.Commands;

/// <summary><c>guard-hook post</c>: how did it end? Nothing can be blocked any more, so a failure is only said.</summary>
internal static class PostCommand
{
    public static ClaudeCodeAnswer Run(HookRun run)
    {
        var input = ClaudeCodeInputReader.Read(StandardInput.ReadAll(run.Deadline));
        var outcome = ClaudeCodeOutcome.Of(input);
        run.Gateway.Report(run.TraceId, RequestWriter.Outcome(run.Identity(), input, outcome));
        return ClaudeCodeAnswer.Silent;
    }
}
