using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary><c>guard agent</c>: the identities that call the gateway.</summary>
internal static class AgentCommand
{
    public static Command Create(CliContext context) => new("agent", "Make, list, show and revoke the identities that agents call the gateway with, and rotate their keys")
    {
        CreateCreate(context),
        CreateList(context),
        AgentShowCommand.Create(context),
        AgentRotateCommand.Create(context),
        CreateRevoke(context),
    };

    private static Command CreateCreate(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Unique in the organisation" };
        var tags = new Option<string[]>("--tag") { HelpName = "TAG", Description = "Policies address agents by tags; repeat for several", DefaultValueFactory = _ => [] };
        var tier = new Option<string?>("--tier") { HelpName = "TIER", Description = "unverified, verified (default), trusted or privileged" };
        tier.AcceptOnlyFromAmong("unverified", "verified", "trusted", "privileged");
        var owner = new Option<string?>("--owner") { HelpName = "NAME", Description = "Who answers for it (default: the owner of the admin key)" };
        var auditMode = new Option<bool>("--audit-mode") { Description = "Let its hook ask to be recorded only, not stopped" };
        var hookConfig = new Option<string?>("--write-hook-config") { HelpName = "FILE", Description = "Write the hook's settings with the key there (mode 0600) instead of showing the key" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("create", "Make an agent and its key") { name, tags, tier, owner, auditMode, hookConfig, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var file = parsed.GetValue(hookConfig) is { } stated ? context.Resolve(stated) : null;
            if (file is not null) HookConfigFile.RefuseUnwritable(file, "no agent was made");
            using var client = connection.Connect(parsed, context);
            var created = await client.CreateAgentAsync(
                new CreateAgentRequest
                {
                    Name = parsed.GetRequiredValue(name),
                    Tags = parsed.GetRequiredValue(tags) is { Length: > 0 } stated2 ? stated2 : null,
                    TrustTier = parsed.GetValue(tier),
                    Owner = parsed.GetValue(owner),
                    AuditModeAllowed = parsed.GetValue(auditMode),
                },
                cancel);
            if (file is not null)
            {
                new HookConfigFile
                {
                    GatewayUrl = connection.AddressOf(parsed, context).Text,
                    ApiKey = created.ApiKey,
                    AgentName = created.Agent.Name,
                }.Write(file);
            }

            Print(context, created, file, parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateList(CliContext context)
    {
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("list", "List all agents") { json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var list = await client.GetAgentsAsync(cancel);
            if (parsed.GetValue(json))
            {
                context.WriteJson(list, ProtocolJson.Default.AgentList);
                return ExitCodes.Done;
            }

            context.WriteTable(
                [new("NAME"), new("STATE"), new("TIER"), new("TAGS"), new("OWNER"), new("KEYS"), new("LAST SEEN (UTC)")],
                list.Agents.Select(a => (IReadOnlyList<Cell>)
                [
                    a.Name,
                    a.RevokedAt is null ? new Cell(a.AuditModeAllowed ? "active, may audit" : "active") : new Cell("revoked", EffectColors.Of(Effects.Deny)),
                    a.TrustTier,
                    string.Join(", ", a.Tags),
                    a.Owner,
                    string.Join(", ", a.KeyPrefixes),
                    a.LastSeenAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss") ?? "never",
                ]));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateRevoke(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name or id" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("revoke", "Revoke an agent and its keys; its next call is denied") { name, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var revoked = await client.RevokeAgentAsync(parsed.GetRequiredValue(name), cancel);
            if (parsed.GetValue(json))
                context.WriteJson(revoked, ProtocolJson.Default.AgentInfo);
            else
                context.WriteLine($"Agent {revoked.Name} is revoked: its calls are denied from now on.");
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(CliContext context, CreateAgentResponse created, string? file, bool json)
    {
        if (json)
        {
            // A key that went into a file is not shown as well.
            context.WriteJson(file is null ? created : created with { ApiKey = "" }, ProtocolJson.Default.CreateAgentResponse);
            return;
        }

        var agent = created.Agent;
        context.WriteLine($"Agent {agent.Name} is made (owner {agent.Owner}, tier {agent.TrustTier}, tags {(agent.Tags.Count == 0 ? "none" : string.Join(", ", agent.Tags))}).");
        if (file is null)
            context.WriteLine($"Its key, shown this once: {created.ApiKey}");
        else
            context.WriteLine($"Its key is in {context.Shorten(file)}, ready for `guard init --config {context.Shorten(file)}`.");
    }
}
