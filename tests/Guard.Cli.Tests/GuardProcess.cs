using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Guard.Cli.Tests;

/// <summary>The real <c>guard</c> program.</summary>
internal sealed partial class GuardProcess : IDisposable
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    private readonly Process _process;
    private readonly SignallingWriter _output;
    private readonly Task _reading;
    private readonly Task<string> _error;

    private GuardProcess(Process process, string marker)
    {
        _process = process;
        _output = new SignallingWriter(marker);
        _reading = ReadAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public string Output => _output.ToString();

    public static ProcessStartInfo StartInfo(string program, string home, string folder, params string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = home;
        start.Environment.Remove("GUARD_ADMIN_KEY");
        start.Environment.Remove("GUARD_GATEWAY_URL");
        start.Environment.Remove("GUARD_DATA");
        start.Environment.Remove("CLAUDE_CONFIG_DIR");
        return start;
    }

    /// <summary>
    /// Starts it as a terminal would: a test run in the background may have the interrupt ignored, and a program inherits that.
    /// </summary>
    public static GuardProcess Start(string marker, string home, string folder, params string[] args) =>
        new(Process.Start(StartInfo("env", home, folder, ["--default-signal=INT,TERM", Path.Combine(BuiltPrograms.GuardFolder, "guard"), .. args]))!, marker);

    /// <summary>Waits until the marker was written; fails with what was written instead when the program ends before.</summary>
    public async Task ReadyAsync()
    {
        await Task.WhenAny(_output.Seen, _process.WaitForExitAsync());
        if (!_output.Seen.IsCompleted) throw new InvalidOperationException($"guard ended with {_process.ExitCode}: {Output}{await _error}");
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    public async Task<CliResult> SignalAsync(int signal)
    {
        Kill(_process.Id, signal).Should().Be(0);
        return await EndAsync();
    }

    public async Task<CliResult> EndAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return new CliResult(_process.ExitCode, Output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line) _output.WriteLine(line);
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
