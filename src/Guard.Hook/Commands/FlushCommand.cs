using System.Globalization;
using System.Text;
using Guard.Agents.ClaudeCode;

namespace Guard.Hook.Commands;

/// <summary><c>guard-hook flush</c>: hands over what the spool holds. It reads no call.</summary>
internal static class FlushCommand
{
    public static ClaudeCodeAnswer Run(HookRun run)
    {
        var settled = run.Spool.Flush(run.Deadline);
        var text = settled == 0 ? "guard: the spool is empty" : $"guard: {settled.ToString(CultureInfo.InvariantCulture)} events of the spool were handed over";
        return new ClaudeCodeAnswer(Encoding.UTF8.GetBytes(text), null, 0);
    }
}
