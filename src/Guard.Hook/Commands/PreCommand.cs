using Guard.Agents.ClaudeCode;
using Guard.Hook.Native;
using Guard.Protocol;

namespace Guard.Hook.Commands;

/// <summary><c>guard-hook pre</c>: may this tool call happen?</summary>
internal static class PreCommand
{
    public static ClaudeCodeAnswer Run(HookRun run)
    {
        var input = ClaudeCodeInputReader.Read(StandardInput.ReadAll(run.Deadline));
        var identity = run.Identity();
        run.KeepDenials(identity);
        var decision = Ask(null);
        if (decision is { Answer: Effects.Walk, Walk: { } walk })
        {
            // Its rules changed, or this installation never had a call with a subtree. Nothing was decided yet.
            run.KeepDenials(identity);
            if (!WalkNamesFile.IsWhole(walk)) throw new HookFailure("the gateway's answer cannot be used: its names to look for are not those its id says");
            run.Keep(walk);
            decision = Ask(walk);
        }

        TraceLog.Write($"decision {decision.Answer} ({decision.Effect}, {decision.Mode}): {decision.Message}");
        return ClaudeCodeAnswer.ToToolCall(decision);

        DecisionResponse Ask(WalkNames? names)
        {
            var adapted = ClaudeCodeAdapter.Adapt(input, run.PlaceOf(input, names));
            adapted = adapted with { Call = run.WithFacts(adapted.Call) };
            if (TraceLog.IsOn)
            {
                foreach (var access in adapted.Accesses) TraceLog.Write($"access {access.Action} {access.Resource} real={access.Real} subtree={access.Subtree} walked={access.Walked} inert={access.Inert} why={access.Why}");
            }

            return run.Decide(identity, adapted, input.ToolInput);
        }
    }
}
