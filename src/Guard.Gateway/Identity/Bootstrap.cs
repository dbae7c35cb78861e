using Guard.Gateway.Agents;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Identity;

/// <summary>The first start: an organisation, who owns it, an agent, and a key for each of the two.</summary>
internal static class Bootstrap
{
    /// <summary>One transaction: a crash leaves an empty store or a complete one. Null: the store is not empty.</summary>
    /// <exception cref="GatewayStartException">A name is not valid.</exception>
    public static FirstStart? Run(IdentityStore store, GatewayOptions options)
    {
        if (store.FindOrganisation() is not null)
        {
            return null;
        }

        var now = options.Clock.GetUtcNow();
        var ownerName = Valid("owner", options.FirstAgent.Owner ?? Environment.UserName);
        var organisation = new OrganisationRow { Id = Ids.New(now), Name = Valid("organisation", options.OrganisationName) };
        var owner = new NewPrincipal(Ids.New(now), ownerName);
        var agentName = Valid("agent", options.FirstAgent.Name ?? DefaultAgentName());
        var agent = new NewAgent(Ids.New(now), agentName, ownerName, options.FirstAgent.Tags, options.FirstAgent.TrustTier, options.FirstAgent.AuditModeAllowed);
        var agentKey = ApiKey.Create(KeyKind.Agent);
        var adminKey = ApiKey.Create(KeyKind.Admin);
        var made = store.TryBootstrap(
            organisation,
            owner,
            agent,
            agentKey,
            adminKey,
            [
                AdministrationEvent.Of(organisation.Name, now, ownerName, "organisation.create", organisation.Name, $"admin key {adminKey.Prefix}"),
                AdministrationEvent.Of(organisation.Name, now, ownerName, "agent.create", agent.Name, $"id {agent.Id}, owner {ownerName}, key {agentKey.Prefix}"),
            ],
            now);
        return !made ? null : new FirstStart
        {
            Organisation = organisation.Name,
            Owner = ownerName,
            AgentId = agent.Id,
            AgentName = agent.Name,
            AgentKey = agentKey.Text,
            AdminKey = adminKey.Text,
        };
    }

    // Host names may hold what agent names may not; the rest of the name is what people recognise.
    private static string DefaultAgentName()
    {
        var host = string.Concat(Environment.MachineName.ToLowerInvariant().Where(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'));
        return host.Length == 0 ? "claude-code" : $"claude-code-{host}";
    }

    private static string Valid(string what, string name) => AgentService.IsName(name)
        ? name
        : throw new GatewayStartException($"`{DisplayText.Clean(name, 200)}` cannot be the name of the {what}. Use letters, digits, `.`, `-`, `_` and `@`, at most 128.");
}
