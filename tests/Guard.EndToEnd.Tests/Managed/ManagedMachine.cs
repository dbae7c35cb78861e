using System.Diagnostics;
using Guard.EndToEnd.Tests.Bench;
using Guard.EndToEnd.Tests.Client;
using Guard.EndToEnd.Tests.Guarded;
using Guard.EndToEnd.Tests.StandIn;

namespace Guard.EndToEnd.Tests.Managed;

/// <summary>
/// A machine with a managed installation, made of namespaces by machine.sh, with the ordinary account <c>dev</c>. The real
/// machine is not touched, and everything ends with it.
/// </summary>
public sealed class ManagedMachine : IAsyncLifetime
{
    public const string Hook = "/usr/local/lib/guard/guard-hook";

    private const string Secret = "THE-SECRET-OF-DEV";
    // Against hanging for ever, not a measure: a machine copies the distribution and starts it five times.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly string[] _kind;
    private Process? _machine;
    private string _inside = "";

    public ManagedMachine() => _kind = [];

    private ManagedMachine(string kind) => _kind = [kind];

    /// <summary>The same machine without Guard.</summary>
    internal static ManagedMachine Bare() => new("bare");

    public async Task InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess) return;
        var start = new ProcessStartInfo(
            "unshare",
            ["-mpf", "--kill-child", "--mount-proc", "--propagation", "private", Repository.InTests("Managed", "machine.sh"), GuardDistribution.Folder, Repository.InTests("Policies"), ClientExecutable.FilePath, .. _kind])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _machine = Process.Start(start)!;
        var error = _machine.StandardError.ReadToEndAsync();
        if (await _machine.StandardOutput.ReadLineAsync().WaitAsync(Limit) != "ready")
            throw new InvalidOperationException($"The managed machine was not made: {await error}");
        _inside = (await File.ReadAllTextAsync($"/proc/{_machine.Id}/task/{_machine.Id}/children")).Trim();
        await RunAsync("root", $"printf '{Secret}' >/home/dev/.env; echo note >/home/dev/notes.txt; chown dev: /home/dev/.env /home/dev/notes.txt");
    }

    public async Task DisposeAsync()
    {
        if (_machine is null) return;
        // The end of its input is the end of its first process, and so of all in it.
        _machine.StandardInput.Close();
        await _machine.WaitForExitAsync();
        _machine.Dispose();
    }

    /// <summary>Runs a bash script there, with the functions of prelude.sh.</summary>
    internal Task<ProgramResult> RunAsync(string account, string script) => RunAsync(account, "/", new Dictionary<string, string>(StringComparer.Ordinal), ["bash", Repository.InTests("Managed", "prelude.sh"), script]);

    /// <summary>Runs the real client there as <c>dev</c>, with its permissions skipped; the model asks for the calls.</summary>
    internal async Task<ClientRun> RunClientAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, params ToolUse[] calls)
    {
        var folder = Directory.CreateTempSubdirectory("guard-e2e-").FullName;
        await using var standIn = await MessagesStandIn.StartAsync(ModelScript.Asking(calls), Path.Combine(folder, "requests.jsonl"));
        var address = standIn.Address.GetLeftPart(UriPartial.Authority);
        var all = new Dictionary<string, string>(Isolation.Environment(address), StringComparer.Ordinal)
        {
            ["HOME"] = "/home/dev",
            ["SHELL"] = "/bin/bash",
            ["ANTHROPIC_BASE_URL"] = address,
            ["ANTHROPIC_API_KEY"] = "not-a-key",
        };
        foreach (var (name, value) in environment) all[name] = value;
        var result = await RunAsync(
            "dev",
            "/home/dev/project",
            all,
            ["/opt/client/claude", "-p", ModelScript.MainPrompt, "--output-format", "stream-json", "--verbose", "--dangerously-skip-permissions", .. arguments]);
        if (standIn.Failure is { } failure) throw new InvalidOperationException("The stand-in failed.", failure);
        Directory.Delete(folder, recursive: true);
        var run = new ClientRun(ClientEvents.Parse(result.StandardOutput), [.. standIn.Requests]);
        return run.Requests.Count > 0 ? run : throw new InvalidOperationException($"The client asked the model for nothing: {result.StandardOutput}{result.StandardError}");
    }

    private async Task<ProgramResult> RunAsync(string account, string folder, IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> command)
    {
        string[] identity = account == "root" ? [] : ["setpriv", "--reuid", account, "--regid", account, "--init-groups"];
        var variables = environment.Append(new("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")).DistinctBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}");
        var start = new ProcessStartInfo("nsenter", ["-t", _inside, "-m", "-p", .. identity, "env", "-i", "-C", folder, .. variables, .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Limit);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ProgramResult(process.ExitCode, await output, await error);
    }
}

/// <summary>Needs root, to make the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ManagedTheoryAttribute : TheoryAttribute
{
    public ManagedTheoryAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Needs root, to make a machine of namespaces.";
}

/// <summary>Needs root, to make the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ManagedFactAttribute : FactAttribute
{
    public ManagedFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "Needs root, to make a machine of namespaces.";
}
