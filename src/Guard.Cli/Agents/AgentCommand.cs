using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary><c>guard agent</c>: the identities that call the gateway.</summary>
internal static class AgentCommand
{
    private const int WideEnough = 120;
    private const int NarrowColumns = 5;

    public static Command Create(CliContext context) => new("agent", "Make, list, show, change and revoke the identities that agents call the gateway with, and rotate their keys")
    {
        AgentCreateCommand.Create(context),
        CreateList(context),
        AgentShowCommand.Create(context),
        AgentSetCommand.Create(context),
        AgentRotateCommand.Create(context),
        CreateRevoke(context),
    };

    public static Option<string?> Tier(string description)
    {
        var tier = new Option<string?>("--tier") { HelpName = "TIER", Description = description };
        tier.AcceptOnlyFromAmong("unverified", "verified", "trusted", "privileged");
        return tier;
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

            // A narrow terminal shows what tells agents apart; `agent show` and --json have the rest.
            var shown = context.IsTerminal && context.Width < WideEnough ? NarrowColumns : int.MaxValue;
            context.WriteTable(
                [.. new Column[] { new("NAME"), new("STATE"), new("TIER"), new("TAGS"), new("LAST SEEN (UTC)"), new("OWNER"), new("KEYS"), new("CLIENT"), new("HOOK") }.Take(shown)],
                list.Agents.Select(a => (IReadOnlyList<Cell>)[.. new Cell[]
                {
                    a.Name,
                    a.RevokedAt is null ? new Cell(a.AuditModeAllowed ? "active, may audit" : "active") : new Cell("revoked", EffectColors.Of(Effects.Deny)),
                    a.TrustTier,
                    string.Join(", ", a.Tags),
                    a.LastSeenAt?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss") ?? "never",
                    a.Owner,
                    string.Join(", ", a.KeyPrefixes),
                    string.Join(' ', new[] { a.Client, a.ClientVersion }.OfType<string>()),
                    a.HookVersion ?? "",
                }.Take(shown)]));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateRevoke(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name or id" };
        var key = new Option<string?>("--key") { HelpName = "PREFIX", Description = "Only this key, by its visible part; the agent and its other keys stay in force" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("revoke", "Revoke an agent with all its keys, or one key of it; the next call with them is denied") { name, key, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            if (parsed.GetValue(key) is { } prefix)
            {
                var left = await client.RevokeAgentKeyAsync(parsed.GetRequiredValue(name), prefix, cancel);
                if (parsed.GetValue(json)) context.WriteJson(left, ProtocolJson.Default.AgentDetails);
                else context.WriteLine($"Key {prefix} of agent {left.Agent.Name} is revoked; {(left.Agent.KeyPrefixes.Count == 0 ? "it has no other in force" : $"in force stay {string.Join(", ", left.Agent.KeyPrefixes)}")}.");
                return ExitCodes.Done;
            }

            var revoked = await client.RevokeAgentAsync(parsed.GetRequiredValue(name), cancel);
            if (parsed.GetValue(json)) context.WriteJson(revoked, ProtocolJson.Default.AgentInfo);
            else context.WriteLine($"Agent {revoked.Name} is revoked: its calls are denied from now on.");
            return ExitCodes.Done;
        });
        return command;
    }
}
