using System.Text.Json.Nodes;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Tests;

/// <summary><c>guard up</c> running in-process until it is disposed.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly SignallingWriter _output;
    private readonly StringWriter _error = new();
    private readonly Task<int> _run;

    private RunningGateway(CliHarness cli, string[] args, string marker)
    {
        Cli = cli;
        _output = new SignallingWriter(marker);
        _run = Task.Run(() => CommandRunner.RunAsync(cli.Context(_output, _error), args, _stop.Token));
    }

    public CliHarness Cli { get; }
    public string Output => _output.ToString();
    public string Error => _error.ToString();

    /// <summary>Starts on the Unix socket alone, with the admin key where later commands look for it.</summary>
    public static Task<RunningGateway> StartAsync(CliHarness cli, params string[] more)
    {
        var key = Path.Combine(cli.GuardFolder, "admin.key");
        string[] keyFile = File.Exists(key) ? [] : ["--admin-key-file", key];
        return StartWithAsync(cli, "Ctrl-C stops the gateway", ["up", "--no-tcp", .. keyFile, .. more]);
    }

    public static async Task<RunningGateway> StartWithAsync(CliHarness cli, string marker, string[] args)
    {
        var gateway = new RunningGateway(cli, args, marker);
        var ready = await Task.WhenAny(gateway._output.Seen, gateway._run);
        if (ready == gateway._run) throw new InvalidOperationException($"guard up ended with {await gateway._run}: {gateway.Error}{gateway.Output}");
        return gateway;
    }

    /// <summary>Ends it as Ctrl-C does; returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await _run;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    /// <summary>Administers, with the key that the first start wrote.</summary>
    public async Task<GatewayClient> AdminClientAsync() => new(new GatewayClientOptions
    {
        Address = GatewayAddress.Unix(Path.Combine(Cli.GuardFolder, "gateway.sock")),
        ApiKey = (await File.ReadAllTextAsync(Path.Combine(Cli.GuardFolder, "admin.key"))).Trim(),
    });

    /// <summary>Reports as the hook does.</summary>
    public async Task<OutcomeResponse> ReportAsync(string trace, long duration)
    {
        using var client = await AgentClientAsync();
        return await client.ReportAsync(new OutcomeRequest
        {
            Version = Wire.Version,
            Hook = new HookInfo { Version = "test", Analyser = Wire.AnalyserVersion },
            TraceId = trace,
            Client = "claude-code",
            Event = "PostToolUse",
            Tool = "Read",
            Outcome = Outcomes.Succeeded,
            DurationMs = duration,
        });
    }

    /// <summary>Asks as the hook does, with the key that the first start wrote.</summary>
    public async Task<DecisionResponse> DecideAsync(string action, string resource, string tool = "Read", string session = "s1")
    {
        using var client = await AgentClientAsync();
        return await client.DecideAsync(new DecisionRequest
        {
            Version = Wire.Version,
            TraceId = Guid.CreateVersion7().ToString(),
            Hook = new HookInfo { Version = "test", Analyser = Wire.AnalyserVersion },
            Call = new ToolCall
            {
                Client = "claude-code",
                Event = "PreToolUse",
                Tool = tool,
                SessionId = session,
                Cwd = Cli.Project,
                Workspace = new Place { Written = Cli.Project, Real = Cli.Project },
                Homes = [new Place { Written = Cli.Home, Real = Cli.Home }],
            },
            Accesses = [new Access { Action = action, Resource = resource, Real = action.EndsWith(":file", StringComparison.Ordinal) ? resource : null, Primary = true }],
        });
    }

    private async Task<GatewayClient> AgentClientAsync()
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Cli.GuardFolder, "hook.json")))!;
        return new GatewayClient(new GatewayClientOptions
        {
            Address = GatewayAddress.Parse(config["gatewayUrl"]!.GetValue<string>()),
            ApiKey = config["apiKey"]!.GetValue<string>(),
        });
    }
}

/// <summary>Collects text and completes a task when a marker has been written.</summary>
internal sealed class SignallingWriter(string marker) : StringWriter
{
    private readonly Dictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal) { [marker] = NewSignal() };
    private readonly Lock _writing = new();

    public Task Seen => WhenSeen(marker);

    /// <summary>Completes when the text has been written, also if that was before.</summary>
    public Task WhenSeen(string text)
    {
        lock (_writing)
        {
            if (!_awaited.TryGetValue(text, out var signal)) _awaited[text] = signal = NewSignal();
            Check();
            return signal.Task;
        }
    }

    public override void Write(char value)
    {
        lock (_writing)
        {
            base.Write(value);
            Check();
        }
    }

    public override void Write(string? value)
    {
        lock (_writing)
        {
            base.Write(value);
            Check();
        }
    }

    public override void WriteLine(string? value)
    {
        lock (_writing)
        {
            base.WriteLine(value);
            Check();
        }
    }

    public override string ToString()
    {
        lock (_writing)
        {
            return base.ToString();
        }
    }

    private void Check()
    {
        foreach (var (text, signal) in _awaited)
        {
            if (!signal.Task.IsCompleted && base.ToString().Contains(text, StringComparison.Ordinal)) signal.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
