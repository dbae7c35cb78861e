using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary><c>guard agent create</c>: an agent and its first key.</summary>
internal static class AgentCreateCommand
{
    public static Command Create(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Unique in the organisation" };
        var tags = new Option<string[]>("--tag") { HelpName = "TAG", Description = "Policies address agents by tags; repeat for several", DefaultValueFactory = _ => [] };
        var tier = AgentCommand.Tier("unverified, verified (default), trusted or privileged");
        var owner = new Option<string?>("--owner") { HelpName = "NAME", Description = "Who answers for it (default: the owner of the admin key)" };
        var auditMode = new Option<bool>("--audit-mode") { Description = "Let its hook ask to be recorded only, not stopped" };
        var expires = KeyOptions.Expires(context);
        var scopes = KeyOptions.Scope("What the key may do (default: all)", Scopes.OfAgents);
        var hookConfig = new HookConfigOption();
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("create", "Make an agent and its key") { name, tags, tier, owner, auditMode, expires, scopes };
        hookConfig.AddTo(command);
        command.Options.Add(json);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var file = hookConfig.FileOf(parsed, context, "no agent was made");
            using var client = connection.Connect(parsed, context);
            var created = await client.CreateAgentAsync(
                new CreateAgentRequest
                {
                    Name = parsed.GetRequiredValue(name),
                    Tags = parsed.GetRequiredValue(tags) is { Length: > 0 } stated ? stated : null,
                    TrustTier = parsed.GetValue(tier),
                    Owner = parsed.GetValue(owner),
                    AuditModeAllowed = parsed.GetValue(auditMode),
                    KeyScopes = KeyOptions.Stated(parsed.GetRequiredValue(scopes)),
                    KeyExpiresAt = parsed.GetValue(expires),
                },
                cancel);
            if (file is not null) HookConfigOption.Write(file, parsed, context, connection, created.ApiKey, created.Agent.Name);
            Print(context, created, file, parsed.GetValue(json));
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
