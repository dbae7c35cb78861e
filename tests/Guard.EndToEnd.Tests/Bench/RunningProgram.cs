using System.Diagnostics;
using System.Text;

namespace Guard.EndToEnd.Tests.Bench;

/// <summary>A started program. Disposing kills it with its children.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;

    private RunningProgram(Process process, ProgramRun run)
    {
        _process = process;
        Ended = WatchAsync(run);
    }

    /// <summary>Completes when the program has ended and all its output was read.</summary>
    public Task<ProgramResult> Ended { get; }

    public static RunningProgram Start(ProgramRun run)
    {
        var start = new ProcessStartInfo(run.Program, run.Arguments)
        {
            WorkingDirectory = run.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in run.Environment)
            start.Environment[name] = value;
        return new RunningProgram(Process.Start(start) ?? throw new InvalidOperationException($"{run.Program} did not start."), run);
    }

    /// <summary>Stops the program where it stands: its sockets stay open and nobody answers.</summary>
    public void Freeze() => Send("STOP");

    /// <summary>Ends the program at once, as the kernel does when memory is short.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Ended;
        _process.Dispose();
    }

    private void Send(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id}"]);
        kill.WaitForExit();
        if (kill.ExitCode != 0)
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {_process.Id}.");
    }

    private async Task<ProgramResult> WatchAsync(ProgramRun run)
    {
        var output = CopyAsync(_process.StandardOutput, run.Log + ".stdout");
        var error = CopyAsync(_process.StandardError, run.Log + ".stderr");
        _process.StandardInput.Close();
        await Task.WhenAll(_process.WaitForExitAsync(), output, error);
        return new ProgramResult(_process.ExitCode, await output, await error);
    }

    private static async Task<string> CopyAsync(StreamReader reader, string path)
    {
        var text = new StringBuilder();
        await using var log = new StreamWriter(path, append: true) { AutoFlush = true };
        while (await reader.ReadLineAsync() is { } line)
        {
            text.Append(line).Append('\n');
            await log.WriteLineAsync(line);
        }

        return text.ToString();
    }
}
