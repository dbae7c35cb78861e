using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.EndToEnd.Tests.Bench;
using Guard.Protocol;

namespace Guard.EndToEnd.Tests.Guarded;

/// <summary>A real gateway with its own data folder, started by <c>guard up</c>. Nothing of it lies in the account's home.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly CaseFolder _folder;
    private RunningProgram? _program;

    private Gateway(CaseFolder folder) => _folder = folder;

    /// <summary>The data folder, which a user installation has at <c>~/.guard</c>.</summary>
    public string Data => Path.Combine(_folder.Root, "guard");

    public string HookConfiguration => Path.Combine(Data, "hook.json");

    private string Policies => Path.Combine(_folder.Root, "policies");

    private string AdminKey => Path.Combine(_folder.Root, "admin.key");

    /// <param name="policy">Name of a document in the Policies folder.</param>
    public static async Task<Gateway> StartAsync(string policy = "workbench")
    {
        var gateway = new Gateway(CaseFolder.Create());
        Directory.CreateDirectory(gateway.Policies);
        File.Copy(Repository.InTests("Policies", policy + ".yaml"), Path.Combine(gateway.Policies, policy + ".yaml"));
        await gateway.UpAsync("up", "--admin-key-file", gateway.AdminKey);
        return gateway;
    }

    /// <summary>Starts a killed gateway again on the same data.</summary>
    public Task UpAgainAsync() => UpAsync("up-again");

    /// <summary>Runs a <c>guard</c> command on this gateway's data folder, as an administrator would, and expects success.</summary>
    /// <returns>What it printed.</returns>
    public async Task<string> AdministerAsync(params string[] arguments)
    {
        var result = await Guard("admin", [.. arguments, "--data", Data, "--admin-key-file", AdminKey]).RunAsync();
        return result.ExitCode == 0
            ? result.StandardOutput
            : throw new InvalidOperationException($"`guard {string.Join(' ', arguments)}` ended with {result.ExitCode}: {result.StandardError}");
    }

    /// <summary>The audit events of a session, oldest first.</summary>
    public async Task<IReadOnlyList<AuditEvent>> EventsOfAsync(string session)
    {
        var lines = await AdministerAsync("audit", "query", "--session", session, "--limit", "200", "--json");
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize(line, ProtocolJson.Default.AuditEvent)!)];
    }

    /// <summary>Makes an agent of its own for a case.</summary>
    public async Task<CreateAgentResponse> CreateAgentAsync(string name, bool auditModeAllowed = false)
    {
        string[] mode = auditModeAllowed ? ["--audit-mode"] : [];
        var printed = await AdministerAsync(["agent", "create", name, .. mode, "--json"]);
        return JsonSerializer.Deserialize(printed, ProtocolJson.Default.CreateAgentResponse)!;
    }

    /// <summary>Changes the hook's settings file.</summary>
    public void Configure(Action<JsonObject> change) => File.WriteAllText(HookConfiguration, HookConfigurationWith(change));

    /// <summary>The hook's settings with a change, which the file does not get.</summary>
    public string HookConfigurationWith(Action<JsonObject> change)
    {
        var settings = JsonNode.Parse(File.ReadAllText(HookConfiguration))!.AsObject();
        change(settings);
        return settings.ToJsonString();
    }

    /// <summary>The gateway keeps its socket and answers nothing more.</summary>
    public void Freeze() => _program!.Freeze();

    public Task KillAsync() => _program!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _program!.DisposeAsync();
        _folder.Delete();
    }

    private async Task UpAsync(string log, params string[] further)
    {
        _program = RunningProgram.Start(Guard(log, ["up", "--data", Data, "--policies", Policies, "--no-tcp", "--json", .. further]));
        var ready = FileText.LineAppearsAsync(_folder.Log(log + ".stdout"), "\"bundle\"");
        if (await Task.WhenAny(ready, _program.Ended) == ready && ready.IsCompletedSuccessfully)
            return;

        await _program.KillAsync();
        throw new InvalidOperationException($"`guard up` did not become ready; its output is in {_folder.Log(log)}.stdout and .stderr.");
    }

    private ProgramRun Guard(string log, IReadOnlyList<string> arguments) => new(GuardDistribution.Command)
    {
        Arguments = arguments,
        Folder = _folder.Root,
        Log = _folder.Log(log),
        Environment = GuardEnvironment.Of(_folder),
    };
}
