using System.Diagnostics;
using System.Globalization;
using System.Text;
using Guard.Hook.Native;
using Guard.Protocol;

namespace Guard.Hook;

/// <summary>The debug log of <c>--trace</c>. It never holds a key, and never changes what the hook answers.</summary>
internal static class TraceLog
{
    private static readonly long Start = Stopwatch.GetTimestamp();
    private static int _file = -1;

    public static bool IsOn => _file >= 0;

    public static void Open(string path)
    {
        // 0600: it holds commands and paths.
        _file = Libc.Open(path, Libc.WriteOnlyFlag | Libc.CreateFlag | Libc.AppendFlag | Libc.CloseOnExec | Libc.NonBlockingFile, 0x180);
        Write($"guard-hook {HookVersion.Text}");
    }

    public static void Write(string text)
    {
        if (!IsOn) return;
        var milliseconds = Stopwatch.GetElapsedTime(Start).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
        Descriptor.WriteAll(_file, Encoding.UTF8.GetBytes($"{milliseconds,8} ms  {DisplayText.Clean(text, 16 * 1024)}\n"));
    }
}
