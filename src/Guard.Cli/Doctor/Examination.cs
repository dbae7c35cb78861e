using System.Text.Json;
using System.Text.Json.Nodes;
using Guard.Cli.Connection;
using Guard.Cli.Init;
using Guard.Cli.Init.Managed;
using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Doctor;

/// <summary>One examination of this machine, this account and this folder.</summary>
internal sealed class Examination(CliContext context, GuardFolder folder, string? adminKey, string? caFile)
{
    private readonly List<Finding> _findings = [];
    private readonly List<string> _notes = [];

    public async Task<DoctorReport> RunAsync(CancellationToken cancel)
    {
        var layers = SettingsLayer.ReadAll(context);
        var checks = new SettingsChecks(context, layers);
        _findings.AddRange(checks.Run());
        var registered = checks.Registered;
        var client = await ExamineClientAsync(layers, cancel);
        var (settings, mayRead) = ReadHookSettings(registered);
        var address = await ExamineGatewayAsync(settings, mayRead, cancel);
        var canaries = registered is null || _findings.Exists(finding => finding.Code == FindingCodes.HookProgram) ? [] : await HookCanaries.FlyAsync(registered, context.CurrentDirectory, cancel);
        foreach (var canary in canaries.Where(canary => !canary.Passed && !IsExplained(canary))) _findings.Add(Explain(canary));

        var isManaged = registered is { IsManaged: true };
        if (registered is { IsManaged: false })
        {
            _notes.Add("a user installation stops tool calls, not code that already runs as you: such code can read the hook's key, change these settings and start the client without hooks. `guard init --managed` is the answer to that (docs/managed.md)");
        }

        return new DoctorReport
        {
            Installation = registered is null ? "none" : isManaged ? "managed" : "user",
            RegisteredIn = registered?.Path,
            Hook = registered?.Hook?["command"]?.ToString(),
            Gateway = address,
            Client = client,
            Findings = _findings,
            Canaries = canaries,
            Notes = _notes,
        };
    }

    private async Task<string?> ExamineClientAsync(IReadOnlyList<SettingsLayer> layers, CancellationToken cancel)
    {
        ClientReport? client;
        try
        {
            (client, var warning) = await AgentClient.FindAsync(context, cancel);
            if (client is null)
            {
                _findings.Add(new Finding(FindingCodes.ClientMissing, warning!, "put the client on PATH and run the command again"));
                return null;
            }
        }
        catch (CliException e)
        {
            _findings.Add(new Finding(FindingCodes.ClientTooOld, e.Message, "`claude update`"));
            return null;
        }

        foreach (var layer in layers.Where(layer => layer.Void is null))
        {
            if (await ClientCheck.FindObjectionAsync(client.Path, layer.Path, context.Home, context.CurrentDirectory, cancel) is { } objection)
                _findings.Add(new Finding(FindingCodes.SettingsVoid, $"the client drops settings, in its own words: {objection}", "mend that file"));
        }

        return $"{client.Path} {client.Version}";
    }

    // Those that the registration names; on a managed machine the machine's, which an ordinary account may not read.
    private (HookConfigFile? Settings, bool MayRead) ReadHookSettings(SettingsLayer? registered)
    {
        var args = (registered?.Hook?["args"] as JsonArray)?.Select(arg => arg?.ToString() ?? "").ToList() ?? [];
        var at = args.IndexOf("--config");
        var path = Directory.Exists(ManagedLayout.Configuration) ? ManagedLayout.HookSettings : at >= 0 && at + 1 < args.Count ? args[at + 1] : folder.HookConfig;
        try
        {
            var settings = JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJson.Default.HookConfigFile);
            if (settings?.Mode == "audit")
                _findings.Add(new Finding(FindingCodes.AuditMode, $"`mode` is `audit` in {path}: where the agent is allowed it, calls are recorded and not stopped", "take `mode` out, unless this is a trial"));
            return (settings, true);
        }
        catch (UnauthorizedAccessException)
        {
            return (null, false);
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            if (registered is not null) _findings.Add(new Finding(FindingCodes.HookSettings, $"the hook's settings {path} cannot be read: {e.Message}", "run `guard up` and `guard init` again"));
            return (null, true);
        }
    }

    private async Task<string?> ExamineGatewayAsync(HookConfigFile? settings, bool mayRead, CancellationToken cancel)
    {
        if (!mayRead)
        {
            _notes.Add("this account may not read the machine's hook settings, which is as it should be: of the gateway it learns by the canaries alone. As root this command looks further");
            return null;
        }

        if (settings is null) return null;
        if (!GatewayAddress.TryParse(settings.GatewayUrl, out var address, out var problem))
        {
            _findings.Add(new Finding(FindingCodes.HookSettings, $"`gatewayUrl` of the hook's settings: {problem}", "run `guard init` again"));
            return settings.GatewayUrl;
        }

        if (adminKey is null) _notes.Add("without an admin key (GUARD_ADMIN_KEY, --admin-key-file) the expiry of the key and what policies apply to were not looked at");
        _findings.AddRange(await new GatewayChecks(context, settings, adminKey, caFile).RunAsync(address, cancel));
        return address.Text;
    }

    // One cause is one finding. What was let pass is always one of its own.
    private bool IsExplained(CanaryResult canary) => canary.Stopped && _findings.Exists(finding =>
        (finding.Code is FindingCodes.GatewayUnreachable && IsUnanswered(canary)) || (finding.Code is FindingCodes.PolicyNone && canary.Name == "allowed"));

    // A gateway that refuses has answered.
    private static bool IsUnanswered(CanaryResult canary) =>
        canary.Stopped && canary.Reason.Contains("denied: the gateway at", StringComparison.Ordinal) && !canary.Reason.Contains("refused the request", StringComparison.Ordinal);

    private static bool IsKeyRefused(CanaryResult canary) => canary.Reason.Contains("refused the request (401", StringComparison.Ordinal);

    private static Finding Explain(CanaryResult canary)
    {
        const string Look = "see the other findings; `guard-hook pre --trace FILE` shows what the hook does";
        if (IsKeyRefused(canary))
            return new Finding(FindingCodes.KeyRefused, $"the gateway does not take the hook's key: {canary.Reason}", "make a new one: `guard agent rotate NAME`, or on a managed machine remove /etc/guard/hook.json and run `guard init --managed`");
        if (IsUnanswered(canary))
            return new Finding(FindingCodes.GatewayUnreachable, $"the hook gets no answer, so every tool call is denied: {canary.Reason}", "see that the gateway runs; on a managed machine as root, where this command looks further");
        if (canary.Name == "denied")
            return new Finding(FindingCodes.CanaryNotDenied, canary.Stopped ? $"a call that the floor must deny was denied otherwise: {canary.Reason}" : $"a call that must be denied was let pass: {canary.Reason}", Look);
        var ungoverned = canary.Reason.Contains("no policy applies to the agent", StringComparison.Ordinal);
        return new Finding(
            FindingCodes.CanaryNotAllowed,
            $"a call that touches nothing was not allowed: {canary.Reason}",
            ungoverned ? "`guard policy apply policies`, or let a policy there is apply to this agent (`appliesTo`, `guard agent list`)" : Look);
    }
}
