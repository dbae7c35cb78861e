using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Guard.Gateway.Tests.Network;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

/// <summary>A gateway in a process of its own that is killed, suspended or cut off, and started again.</summary>
/// <param name="folder">Holds its data and its policies.</param>
/// <param name="store"><c>honest</c>, or the mistake that it makes.</param>
/// <param name="data">The name of its data's folder.</param>
/// <param name="postgres">The connection string of its database; null: a file.</param>
internal sealed class KilledGateway(TemporaryFolder folder, string store, string data = "data", string? postgres = null) : IDisposable
{
    private Process? _process;

    // Read by clients that lost their gateway; replaced before each kill.
    private volatile TaskCompletionSource _up = NewSignal();

    public string SocketPath { get; } = folder.File(data + "/gateway.sock");

    /// <summary>Where it runs; null: on this machine itself. Its Unix socket can be reached from everywhere.</summary>
    public NetworkHost? Host { get; init; }

    /// <summary>The folder of its own spool; null: it has none.</summary>
    public string? Spool { get; init; }

    /// <summary>An address that it listens on with TLS as well, with the folder of <c>certificate.pem</c> and <c>key.pem</c>; null: none.</summary>
    public (string Address, string Folder)? Https { get; init; }

    /// <summary>How long it waits between roll-ups; used at the next start.</summary>
    public TimeSpan RollUps { get; set; } = TimeSpan.FromSeconds(5);

    public string AgentKey { get; private set; } = "";

    public string AdminKey { get; private set; } = "";

    public async Task StartAsync()
    {
        var arguments = new List<string>
        {
            HostAssembly(),
            "data=" + folder.File(data),
            "policies=" + folder.File("policies"),
            "socket=" + SocketPath,
            "store=" + store,
            "rollups=" + RollUps.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        };
        if (postgres is not null)
        {
            arguments.Add("postgres=" + postgres);
        }

        if (Spool is not null)
        {
            arguments.Add("spool=" + Spool);
        }

        if (Https is { } https)
        {
            arguments.AddRange(["https=" + https.Address, "certificate=" + Path.Combine(https.Folder, "certificate.pem"), "key=" + Path.Combine(https.Folder, "key.pem")]);
        }

        var start = Host?.Run("dotnet", arguments) ?? new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false };
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
        if ((await SaidAsync()).Split(' ') is [var agent, var admin])
        {
            (AgentKey, AdminKey) = (agent, admin);
        }

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
        _process = null;
    }

    /// <summary>SIGSTOP: wherever it is, it does not go on.</summary>
    public void Suspend() => Signal("STOP");

    public void Resume() => Signal("CONT");

    /// <summary>It will stop before it stores the next event of a kind.</summary>
    public async Task HoldAsync(string kind)
    {
        await TellAsync("hold " + kind);
        (await SaidAsync()).Should().Be("holding");
    }

    /// <summary>Completes when it stands before that event.</summary>
    public async Task HeldAsync() => (await SaidAsync()).Should().Be("held");

    /// <summary>Completes when it has answered for events that it could not store, where that is the mistake it makes.</summary>
    public async Task LostAsync() => (await SaidAsync()).Should().Be("lost");

    /// <summary>It goes on: it stores what it held, and answers.</summary>
    public Task GoAsync() => TellAsync("go");

    /// <summary>Calls over the Unix socket, with the agent's key unless another is given.</summary>
    public HttpClient Client(int connections = 8, string? key = null) => new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = connections,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://gateway.invalid"),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key ?? AgentKey) },
    };

    /// <summary>All events that a query finds, the newest first.</summary>
    public async Task<IReadOnlyList<AuditEvent>> EventsAsync(string query)
    {
        using var client = Client(key: AdminKey);
        var events = new List<AuditEvent>();
        for (long? before = null; ;)
        {
            var page = JsonSerializer.Deserialize(await client.GetStringAsync($"{Wire.EventsPath}?limit=1000&{query}{(before is { } position ? $"&before={position}" : "")}"), ProtocolJson.Default.AuditPage)!;
            events.AddRange(page.Events);
            if ((before = page.NextBefore) is null)
            {
                return events;
            }
        }
    }

    public void Dispose()
    {
        if (_process is { } process)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private async Task<string> SaidAsync() => await _process!.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The gateway has ended.");

    private async Task TellAsync(string command)
    {
        await _process!.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
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
