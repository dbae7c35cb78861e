using System.Diagnostics;
using System.Globalization;

namespace Guard.Gateway.Tests.Audit;

/// <summary>A gateway in a process of its own that is killed and started again.</summary>
internal sealed class KilledGateway(TemporaryFolder folder, string store, string data = "data", string? postgres = null) : IDisposable
{
    private Process? _process;

    // Read by clients that lost their gateway; replaced before each kill.
    private volatile TaskCompletionSource _up = NewSignal();

    public string SocketPath { get; } = folder.File(data + "/gateway.sock");

    public string AgentKey { get; private set; } = "";

    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { HostAssembly(), folder.File(data), folder.File("policies"), SocketPath, store, postgres }.OfType<string>())
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The gateway ended before it listened.");
        AgentKey = line.Length > 0 ? line : AgentKey;
        _up.SetResult();
    }

    /// <summary>Completes when the gateway listens again.</summary>
    public Task Up => _up.Task;

    /// <summary>SIGKILL: no handler of the process runs.</summary>
    public async Task KillAsync()
    {
        _up = NewSignal();
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.ExitCode.Should().Be(137);
        _process.Dispose();
    }

    /// <summary>SIGSTOP: wherever it is, it does not go on.</summary>
    public void Suspend() => Signal("STOP");

    public void Resume() => Signal("CONT");

    public void Dispose()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        kill.ExitCode.Should().Be(0);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // artifacts/bin/<project>/<configuration>/ stand side by side.
    private static string HostAssembly()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, "Guard.Gateway.TestHost", here.Name, "Guard.Gateway.TestHost.dll");
    }
}
