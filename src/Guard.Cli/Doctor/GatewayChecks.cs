using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Guard.Cli.Connection;
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
    private static readonly TimeSpan Soon = TimeSpan.FromDays(14);

    public async Task<IReadOnlyList<Finding>> RunAsync(GatewayAddress address, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        var options = new GatewayClientOptions { Address = address, ApiKey = adminKey, CaFile = caFile ?? settings?.CaFile, Timeout = Limit };
        using var client = new GatewayClient(options);
        try
        {
            var health = await client.GetHealthAsync(cancel);
            if (health.Status != "ok")
                findings.Add(new Finding(FindingCodes.GatewayDegraded, $"the gateway at {address} is {health.Status}: {string.Join("; ", health.Checks.Where(check => check.Status != "ok").Select(check => $"{check.Name}: {check.Detail}"))}", "look at its log"));
        }
        catch (GatewayException e)
        {
            findings.Add(new Finding(FindingCodes.GatewayUnreachable, e.Message, "start it with `guard up`; on a managed installation with `systemctl start guard-gateway`. Until then every tool call is denied"));
            return findings;
        }

        if (await ReadClockAsync(address, cancel) is { } theirs && (theirs - context.Time.GetUtcNow()).Duration() is var off && off > Skew)
            findings.Add(new Finding(FindingCodes.ClockOff, $"the gateway's clock and this machine's are {off.TotalSeconds:0} s apart: expiry of keys, conditions on the time and the record are off", "set the clocks, e.g. with chrony or systemd-timesyncd"));
        if (adminKey is not null) await AskAsAdministratorAsync(client, findings, cancel);
        return findings;
    }

    private async Task AskAsAdministratorAsync(GatewayClient client, List<Finding> findings, CancellationToken cancel)
    {
        try
        {
            var agents = (await client.GetAgentsAsync(cancel)).Agents.Where(agent => agent.RevokedAt is null).ToList();
            await CheckKeyAsync(client, agents, findings, cancel);
            await CheckPoliciesAsync(client, agents, findings, cancel);
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

    // The client library does not show headers.
    private static async Task<DateTimeOffset?> ReadClockAsync(GatewayAddress address, CancellationToken cancel)
    {
        if (address.SocketPath is null && address.BaseUri.Scheme == Uri.UriSchemeHttps) return null;
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }

        using var http = new HttpClient(handler) { Timeout = Limit };
        try
        {
            using var answer = await http.GetAsync(new Uri(address.BaseUri, "/health/live"), HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.StatusCode == HttpStatusCode.OK ? answer.Headers.Date : null;
        }
        catch (HttpRequestException)
        {
            // It answered a moment ago; what fails now shows in the canaries.
            return null;
        }
    }
}
