using System.Buffers;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Guard.Policy;
using Guard.Protocol;

namespace Guard.Gateway.Agents;

/// <summary>Makes, lists, changes and revokes agents and their keys.</summary>
internal sealed class AgentService(IdentityStore store, AgentKeyStore keys, AuditReader reader, KeyIndex index, OrganisationRow organisation, TimeProvider clock)
{
    private const int MaxName = 128;
    private const int MaxTags = 32;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@");

    public IReadOnlyList<AgentInfo> List() => [.. store.ListAgents(clock.GetUtcNow()).Select(WithLatest)];

    /// <exception cref="RefusedException">400: a member is not valid. 409: the name is taken.</exception>
    public CreateAgentResponse Create(CreateAgentRequest request, AdminIdentity admin)
    {
        var owner = request.Owner ?? admin.Name;
        var tier = TrustTier.Verified;
        CheckName("name", request.Name);
        CheckName("owner", owner);
        if (request.TrustTier is { } stated && !TrustTiers.TryParse(stated, out tier))
        {
            throw UnknownTier();
        }

        var now = clock.GetUtcNow();
        var agent = new NewAgent(Ids.New(now), request.Name, owner, CheckTags(request.Tags ?? []), tier, request.AuditModeAllowed);
        var key = ApiKey.Create(KeyKind.Agent) with
        {
            Scopes = request.KeyScopes is { } scopes ? KeyTerms.CheckScopes("keyScopes", scopes, Scopes.OfAgents) : null,
            ExpiresAt = KeyTerms.CheckEnd("keyExpiresAt", request.KeyExpiresAt, now),
        };
        var audit = AdministrationEvent.Of(organisation.Name, now, admin.Name, "agent.create", agent.Name, $"id {agent.Id}, owner {owner}, key {key.Prefix}");
        if (!store.TryCreateAgent(organisation, agent, key, audit))
        {
            throw new RefusedException(409, ProblemCodes.AgentExists, $"An agent named {agent.Name} exists. Choose another name, or revoke it first.");
        }

        index.Refresh();
        return new CreateAgentResponse { Agent = Find(agent.Id), ApiKey = key.Text };
    }

    /// <summary>In force when this returns: the next decision goes by it.</summary>
    /// <exception cref="RefusedException">400: a member is not valid, or none is stated. 404: no such agent. 409: the agent is revoked.</exception>
    public AgentInfo Update(string nameOrId, UpdateAgentRequest request, AdminIdentity admin)
    {
        TrustTier? tier = null;
        if (request.TrustTier is { } stated)
        {
            tier = TrustTiers.TryParse(stated, out var parsed) ? parsed : throw UnknownTier();
        }

        if (request.Owner is { } owner)
        {
            CheckName("owner", owner);
        }

        var change = new AgentChange(request.Owner, request.Tags is { } tags ? CheckTags(tags) : null, tier, request.AuditModeAllowed);
        var detail = string.Join(", ", new[]
        {
            change.Owner is null ? null : $"owner {change.Owner}",
            change.Tags is null ? null : $"tags [{string.Join(" ", change.Tags)}]",
            tier is { } trust ? $"tier {TrustTiers.Name(trust)}" : null,
            change.AuditModeAllowed is { } may ? $"audit mode {(may ? "allowed" : "not allowed")}" : null,
        }.OfType<string>());
        if (detail.Length == 0)
        {
            throw RefusedException.BadRequest("Nothing is stated that could change: there are `owner`, `tags`, `trustTier` and `auditModeAllowed`.");
        }

        var agent = Find(nameOrId);
        var audit = AdministrationEvent.Of(organisation.Name, clock.GetUtcNow(), admin.Name, "agent.update", agent.Name, $"id {agent.Id}, {detail}");
        if (!store.TryUpdateAgent(organisation, agent.Id, change, audit))
        {
            throw Revoked(agent);
        }

        index.Refresh();
        return Find(agent.Id);
    }

    /// <summary>Revokes one key of an agent; its others hold on. In force when this returns.</summary>
    /// <exception cref="RefusedException">404: no such agent, or no such key in force.</exception>
    public AgentDetails RevokeKey(string nameOrId, string prefix, AdminIdentity admin)
    {
        var agent = Find(nameOrId);
        var audit = AdministrationEvent.Of(organisation.Name, clock.GetUtcNow(), admin.Name, "key.revoke", agent.Name, $"id {agent.Id}, key {prefix}");
        if (!keys.TryRevoke(agent.Id, prefix, audit))
        {
            throw new RefusedException(404, ProblemCodes.KeyAbsent, $"The agent {agent.Name} has no key {prefix} in force. `guard agent show {agent.Name}` lists them.");
        }

        index.Refresh();
        return Details(agent.Id);
    }

    /// <summary>In force when this returns.</summary>
    /// <exception cref="RefusedException">404: no such agent. 409: revoked before.</exception>
    public AgentInfo Revoke(string nameOrId, AdminIdentity admin)
    {
        var agent = Find(nameOrId);
        if (!store.TryRevokeAgent(agent.Id, AdministrationEvent.Of(organisation.Name, clock.GetUtcNow(), admin.Name, "agent.revoke", agent.Name, $"id {agent.Id}")))
        {
            throw Revoked(agent);
        }

        index.Refresh();
        return Find(agent.Id);
    }

    /// <summary>A new key; those before it end after the overlap. Both in force when this returns.</summary>
    /// <exception cref="RefusedException">400: the overlap is not valid. 404: no such agent. 409: the agent is revoked.</exception>
    public RotateKeyResponse Rotate(string nameOrId, RotateKeyRequest request, AdminIdentity admin)
    {
        var longest = (long)RotateKeyRequest.LongestOverlap.TotalSeconds;
        var overlap = request.OverlapSeconds ?? (long)RotateKeyRequest.StandardOverlap.TotalSeconds;
        if (overlap < 0 || overlap > longest)
        {
            throw RefusedException.BadRequest($"`overlapSeconds` must be from 0 to {longest}.");
        }

        var agent = Find(nameOrId);
        var now = clock.GetUtcNow();
        var key = ApiKey.Create(KeyKind.Agent) with
        {
            Scopes = request.Scopes is { } scopes ? KeyTerms.CheckScopes("scopes", scopes, Scopes.OfAgents) : null,
            ExpiresAt = KeyTerms.CheckEnd("expiresAt", request.ExpiresAt, now),
        };
        var end = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()).AddSeconds(overlap);
        var audit = AdministrationEvent.Of(organisation.Name, now, admin.Name, "key.rotate", agent.Name, $"id {agent.Id}, key {key.Prefix}, keys before it end {AuditTime.ToWire(end)}");
        if (!keys.TryRotate(agent.Id, key, end, audit))
        {
            throw Revoked(agent);
        }

        index.Refresh();
        return new RotateKeyResponse { Agent = Find(agent.Id), ApiKey = key.Text, OthersExpireAt = end };
    }

    /// <exception cref="RefusedException">404: no such agent.</exception>
    public AgentDetails Details(string nameOrId)
    {
        var agent = Find(nameOrId);
        var latest = reader.FindLatest(agent.Id);
        return new AgentDetails
        {
            Agent = WithLatest(agent, latest),
            Keys = keys.List(agent.Id),
            HookLabel = latest?.AgentLabel,
            Installation = latest?.Installation,
        };
    }

    /// <exception cref="RefusedException">404: no such agent.</exception>
    public AgentInfo Find(string nameOrId) =>
        store.FindAgent(nameOrId, clock.GetUtcNow()) ?? throw new RefusedException(404, ProblemCodes.AgentUnknown, $"No agent has the name or id {nameOrId}. `guard agent list` shows all.");

    /// <summary>Whether a name can be an agent's or an owner's.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= MaxName && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private AgentInfo WithLatest(AgentInfo agent) => agent.LastSeenAt is null ? agent : WithLatest(agent, reader.FindLatest(agent.Id));

    private static AgentInfo WithLatest(AgentInfo agent, AuditEvent? latest) => agent with { HookVersion = latest?.HookVersion, Client = latest?.Client, ClientVersion = latest?.ClientVersion };

    private static RefusedException UnknownTier() => RefusedException.BadRequest("`trustTier` must be `unverified`, `verified`, `trusted` or `privileged`.");

    private static RefusedException Revoked(AgentInfo agent) => new(409, ProblemCodes.AgentRevoked, $"The agent {agent.Name} was revoked before.");

    private static void CheckName(string member, string name)
    {
        if (!IsName(name))
        {
            throw RefusedException.BadRequest($"`{member}` must have 1 to {MaxName} characters out of letters, digits, `.`, `-`, `_` and `@`.");
        }
    }

    private static IReadOnlyList<string> CheckTags(IReadOnlyList<string> tags)
    {
        if (tags.Count > MaxTags)
        {
            throw RefusedException.BadRequest($"`tags` has more than {MaxTags} entries.");
        }

        foreach (var tag in tags)
        {
            CheckName("tags", tag ?? "");
        }

        return tags;
    }
}
