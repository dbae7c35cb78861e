using System.Text;
using Guard.Agents.ClaudeCode;
using Guard.Hook.Native;

namespace Guard.Hook;

/// <summary>
/// Gives the one answer of this process and ends it. INVARIANT (one answer): whoever comes first answers; the deadline and
/// a signal may come while an answer is being written, and must not mix into it.
/// </summary>
internal static class Verdict
{
    private const int NotSaid = -1;
    private static int _given;
    private static volatile int _code = NotSaid;
    private static volatile Action<ClaudeCodeAnswer>? _afterwards;

    /// <summary>Whether the answer is written, so that nothing can change it any more.</summary>
    public static bool IsSaid => _code != NotSaid;

    /// <summary>What is to be done when the answer is written, in bounded time, before the process ends. Null: nothing.</summary>
    public static Action<ClaudeCodeAnswer>? Afterwards
    {
        set => _afterwards = value;
    }

    public static void Give(ClaudeCodeAnswer answer)
    {
        if (Interlocked.Exchange(ref _given, 1) != 0)
        {
            while (true) Libc.Pause();
        }

        var code = answer.ExitCode;
        // An answer that does not reach the client must not pass for silence, which the client takes for no objection.
        if (!answer.Output.IsEmpty && !(Descriptor.WriteAll(1, answer.Output.Span) && Descriptor.WriteAll(1, "\n"u8))) code = 2;
        if (answer.Error is { } error) Descriptor.WriteAll(2, Encoding.UTF8.GetBytes(error + "\n"));
        _code = code;
        Finish(answer);
        End();
    }

    /// <summary>Ends the process with the code of the answer that is written.</summary>
    public static void End()
    {
        TraceLog.Write($"exit {_code}");
        Libc.Exit(_code);
    }

    // What the client was told stands; whatever happens here only costs what it was about to keep.
    private static void Finish(ClaudeCodeAnswer answer)
    {
        if (_afterwards is not { } afterwards) return;
        Watchdog.EndWithin(Spool.HookSpool.MostSeconds);
        try
        {
            afterwards(answer);
        }
        catch (Exception e)
        {
            TraceLog.Write($"after the answer: {e.GetType().Name}: {e.Message}");
        }
    }
}
