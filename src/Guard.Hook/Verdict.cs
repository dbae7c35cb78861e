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
    private static int _given;

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
        TraceLog.Write($"exit {code}");
        Libc.Exit(code);
    }
}
