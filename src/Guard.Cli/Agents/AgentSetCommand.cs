using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary><c>guard agent set</c>: changes what policies know of an agent.</summary>
internal static class AgentSetCommand
{
    public static Command Create(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name or id" };
        var tags = new Option<string[]>("--tag") { HelpName = "TAG", Description = "All tags it will have; repeat for several", DefaultValueFactory = _ => [] };
        var noTags = new Option<bool>("--no-tags") { Description = "It will have no tags" };
        var tier = AgentCommand.Tier("unverified, verified, trusted or privileged");
        var owner = new Option<string?>("--owner") { HelpName = "NAME", Description = "Who answers for it" };
        var auditMode = new Option<string?>("--audit-mode") { HelpName = "yes|no", Description = "Whether its hook may ask to be recorded only, not stopped" };
        auditMode.AcceptOnlyFromAmong("yes", "no");
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("set", "Change tags, tier, owner or audit mode of an agent; the next decision goes by it") { name, tags, noTags, tier, owner, auditMode, json };
        connection.AddTo(command);
        command.Validators.Add(result =>
        {
            var stated = result.GetResult(tags) is { Implicit: false };
            if (stated && result.GetValue(noTags)) result.AddError("--tag and --no-tags exclude each other");
            else if (!stated && !result.GetValue(noTags) && result.GetResult(tier) is null && result.GetResult(owner) is null && result.GetResult(auditMode) is null)
                result.AddError("nothing to change: state --tag, --no-tags, --tier, --owner or --audit-mode");
        });
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var agent = await client.UpdateAgentAsync(
                parsed.GetRequiredValue(name),
                new UpdateAgentRequest
                {
                    Tags = parsed.GetValue(noTags) ? [] : parsed.GetRequiredValue(tags) is { Length: > 0 } stated ? stated : null,
                    TrustTier = parsed.GetValue(tier),
                    Owner = parsed.GetValue(owner),
                    AuditModeAllowed = parsed.GetValue(auditMode) switch { "yes" => true, "no" => false, _ => null },
                },
                cancel);
            if (parsed.GetValue(json))
                context.WriteJson(agent, ProtocolJson.Default.AgentInfo);
            else
                context.WriteLine($"Agent {agent.Name}: owner {agent.Owner}, tier {agent.TrustTier}, tags {(agent.Tags.Count == 0 ? "none" : string.Join(", ", agent.Tags))}, audit mode {(agent.AuditModeAllowed ? "allowed" : "not allowed")}.");
            return ExitCodes.Done;
        });
        return command;
    }
}
