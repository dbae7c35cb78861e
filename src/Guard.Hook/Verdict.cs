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
    private static Action<ClaudeCodeAnswer>? _afterwards;

    /// <summary>What is to be done when the answer is written, in bounded time, before the process ends. Null: nothing.</summary>
    public static Action<ClaudeCodeAnswer>? Afterwards
    {
        set => _afterwards = value;
    }

    public static void Give(ClaudeCodeAnswer answer)
    {
        if (!Ending.Claim())
        {
            // A signal's answer is being written, or was, and what is left is to keep what it was about.
            while (Ending.AnsweredCode() < 0) Libc.Pause();
            End(answer, Ending.AnsweredCode());
        }

        var code = answer.ExitCode;
        // An answer that does not reach the client must not pass for silence, which the client takes for no objection.
        if (!Descriptor.WriteAll(1, OutputOf(answer))) code = 2;
        Descriptor.WriteAll(2, ErrorOf(answer));
        Ending.Answered(code);
        if (_afterwards is not null) Watchdog.EndWithin(Spool.HookSpool.MostSeconds);
        End(answer, code);
    }

    /// <summary>The bytes of an answer on standard output.</summary>
    public static byte[] OutputOf(ClaudeCodeAnswer answer) => answer.Output.IsEmpty ? [] : [.. answer.Output.Span, (byte)'\n'];

    /// <summary>The bytes of an answer on standard error.</summary>
    public static byte[] ErrorOf(ClaudeCodeAnswer answer) => answer.Error is { } error ? Encoding.UTF8.GetBytes(error + "\n") : [];

    // What the client was told stands; whatever happens here only costs what it was about to keep.
    private static void End(ClaudeCodeAnswer answer, int code)
    {
        try
        {
            _afterwards?.Invoke(answer);
        }
        catch (Exception e)
        {
            TraceLog.Write($"after the answer: {e.GetType().Name}: {e.Message}");
        }

        TraceLog.Write($"exit {code}");
        Libc.Exit(code);
    }
}
