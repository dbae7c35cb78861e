using Guard.Agents.ClaudeCode;
using Guard.Hook.Native;

namespace Guard.Hook;

/// <summary>
/// Ends the hook with a denial when the deadline comes or the client stops it, whatever the main thread is doing. Waits
/// on sockets end by themselves; this is for the rest: a file system that hangs, name resolution, a bug. A denial by the
/// deadline is not spooled; the gateway sees a gap in the installation's numbers.
/// </summary>
internal static class Watchdog
{
    private const int AlarmSignal = 14;
    private const int TerminationSignal = 15;

    /// <summary>Arms it. Waits of the main thread end at the deadline itself, so this comes a little later.</summary>
    /// <exception cref="HookFailure">It cannot be armed.</exception>
    public static void Arm(double seconds, Func<string, ClaudeCodeAnswer> deny)
    {
        AnswerOn(AlarmSignal, deny("the hook's deadline came before a decision"), 0);
        AnswerOn(TerminationSignal, deny("the client stopped the hook before a decision"), (int)Spool.HookSpool.MostSeconds);

        const double grace = 0.25;
        SetTimer(seconds + grace);
    }

    /// <summary>Ends the process when so much time has gone by after its answer.</summary>
    public static void EndWithin(double seconds) => SetTimer(seconds);

    private static void AnswerOn(int signal, ClaudeCodeAnswer answer, int secondsAfter)
    {
        if (!Ending.AnswerOn(signal, Verdict.OutputOf(answer), Verdict.ErrorOf(answer), answer.ExitCode, secondsAfter)) throw new HookFailure("the hook cannot set its deadline");
    }

    private static unsafe void SetTimer(double seconds)
    {
        var microseconds = (long)(seconds * 1_000_000);
        var timer = stackalloc long[] { 0, 0, microseconds / 1_000_000, microseconds % 1_000_000 };
        Libc.SetTimer(0, timer, null);
    }
}
