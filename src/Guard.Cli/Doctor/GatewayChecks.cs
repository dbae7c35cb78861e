using System.Globalization;
using System.Security.Cryptography;
using Guard.Cli.Connection;
using Guard.Cli.Init.Managed;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Policy;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Cli.Doctor;

/// <summary>Whether the gateway of the hook's settings answers, agrees on the time, and governs anybody.</summary>
internal sealed class GatewayChecks(CliContext context, HookConfigFile? settings, string? adminKey, string? caFile)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public async Task<IReadOnlyList<Finding>> RunAsync(GatewayAddress address, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        var options = new GatewayClientOptions { Address = address, ApiKey = adminKey, CaFile = caFile ?? settings?.CaFile, Timeout = Limit };
        using var client = Connect(options, findings);
        if (client is null) return findings;
        DateTimeOffset? theirs;
        try
        {
            theirs = await client.GetTimeAsync(cancel);
            var health = await client.GetHealthAsync(cancel);
            if (health.Status != "ok")
                findings.Add(new Finding(FindingCodes.GatewayDegraded, $"the gateway at {address} is {health.Status}: {string.Join("; ", health.Checks.Where(check => check.Status != "ok").Select(check => $"{check.Name}: {check.Detail}"))}", "look at its log"));
        }
        catch (GatewayException e)
        {
            findings.Add(new Finding(FindingCodes.GatewayUnreachable, e.Message, WhereToStart(address) + ". Until then every tool call is denied"));
            return findings;
        }

        if (theirs is { } clock && (clock - context.Time.GetUtcNow()).Duration() is var off && off > Skew)
            findings.Add(new Finding(FindingCodes.ClockOff, $"the gateway's clock and this machine's are {off.TotalSeconds:0} s apart: expiry of keys, conditions on the time and the record are off", "set the clocks, e.g. with chrony or systemd-timesyncd"));
        if (adminKey is not null) await AskAsAdministratorAsync(client, findings, cancel);
        return findings;
    }

    private static string WhereToStart(GatewayAddress address) => address.SocketPath switch
    {
        ManagedLayout.Socket => $"as root: `systemctl start guard-gateway`, or {ManagedLayout.StartScript} where systemd does not run",
        null when address.BaseUri.Scheme == Uri.UriSchemeHttps => "see that it runs, that this machine reaches it, and that `caFile` of the hook's settings holds its authority",
        _ => "start it with `guard up`",
    };

    private static GatewayClient? Connect(GatewayClientOptions options, List<Finding> findings)
    {
        try
        {
            return new GatewayClient(options);
        }
        catch (FormatException e)
        {
            findings.Add(new Finding(FindingCodes.KeyRefused, $"the admin key cannot be one: {e.Message}", "name another with --admin-key-file"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            findings.Add(new Finding(FindingCodes.HookSettings, $"the authorities in {options.CaFile} cannot be read: {e.Message}; the hook cannot either, and denies every tool call", "put the gateway's authorities there, in PEM form"));
        }

        return null;
    }

    private async Task AskAsAdministratorAsync(GatewayClient client, List<Finding> findings, CancellationToken cancel)
    {
        try
        {
            var agents = (await client.GetAgentsAsync(cancel)).Agents.Where(agent => agent.RevokedAt is null).ToList();
            await CheckKeyAsync(client, agents, findings, cancel);
            await CheckPoliciesAsync(client, agents, findings, cancel);
            await CheckRecordAsync(client, findings, cancel);
        }
        catch (GatewayProblemException e)
        {
            findings.Add(new Finding(FindingCodes.KeyRefused, $"the admin key was refused: {e.Message}", "name another with --admin-key-file"));
        }
    }

    private async Task CheckKeyAsync(GatewayClient client, List<AgentInfo> agents, List<Finding> findings, CancellationToken cancel)
    {
        if (settings?.ApiKey.Split('_') is not { Length: >= 4 } parts) return;
        if (agents.FirstOrDefault(agent => agent.KeyPrefixes.Contains(parts[2], StringComparer.Ordinal)) is not { } agent) return;
        if (agent.AuditModeAllowed)
            findings.Add(new Finding(FindingCodes.AuditMode, $"the agent {agent.Name} may ask to be recorded only", "make an agent without --audit-mode, unless this is a trial"));
        var key = (await client.GetAgentAsync(agent.Id, cancel)).Keys.FirstOrDefault(key => key.Prefix == parts[2]);
        if (key?.ExpiresAt is { } end && end - context.Time.GetUtcNow() < Soon)
            findings.Add(new Finding(FindingCodes.KeyExpires, $"the key of the agent {agent.Name} expires {end.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC; then every tool call is denied", $"`guard agent rotate {agent.Name}`, and put the new key into the hook's settings"));
    }

    private async Task CheckRecordAsync(GatewayClient client, List<Finding> findings, CancellationToken cancel)
    {
        var gaps = (await client.GetStatsAsync(context.Time.GetUtcNow() - Day, to: null, cancel)).SequenceGaps;
        if (gaps > 0)
            findings.Add(new Finding(FindingCodes.RecordGaps, $"requests of hooks never arrived: {gaps} gaps in their numbers within the last day", "`guard audit query --kind sequence-gap` says whose; a hook was killed, its spool was full or deleted, or its counter was changed"));
    }

    private static async Task CheckPoliciesAsync(GatewayClient client, List<AgentInfo> agents, List<Finding> findings, CancellationToken cancel)
    {
        var policies = (await client.GetPoliciesAsync(cancel)).Policies;
        if (policies.Count == 0)
        {
            findings.Add(new Finding(FindingCodes.PolicyNone, "no policy is in force: whatever needs an allow is denied", "`guard policy apply policies`"));
            return;
        }

        var sources = new List<PolicySource>();
        foreach (var policy in policies)
        {
            var file = await client.GetPolicyAsync(policy.Name, cancel);
            sources.Add(new PolicySource(file.Path, file.Text));
        }

        if (PolicyCompiler.Compile(sources, FloorSettings.Default).Bundle is not { } bundle) return;
        var facts = agents.Select(agent => new AgentFacts
        {
            Id = agent.Id,
            Name = agent.Name,
            Tags = agent.Tags,
            Owner = agent.Owner,
            TrustTier = Enum.TryParse<TrustTier>(agent.TrustTier, ignoreCase: true, out var tier) ? tier : TrustTier.Unverified,
        }).ToList();
        foreach (var name in bundle.Policies.Select(policy => policy.Name).Where(name => !facts.Exists(agent => bundle.MayApply(name, agent))))
            findings.Add(new Finding(FindingCodes.PolicyNobody, $"the policy {name} applies to none of the {facts.Count} agents", $"compare its `appliesTo` with `guard agent list`, or take it out with `guard policy remove {name}`"));
    }
}
