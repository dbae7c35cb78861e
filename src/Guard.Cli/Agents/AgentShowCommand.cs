using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Agents;

/// <summary><c>guard agent show</c>: one agent with its keys and what its hook said of itself.</summary>
internal static class AgentShowCommand
{
    private const int LabelWidth = 11;

    public static Command Create(CliContext context)
    {
        var name = new Argument<string>("NAME") { Description = "Name or id" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("show", "Show an agent, its keys and when it was last seen") { name, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var details = await client.GetAgentAsync(parsed.GetRequiredValue(name), cancel);
            if (parsed.GetValue(json)) context.WriteJson(details, ProtocolJson.Default.AgentDetails);
            else Write(context, details);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(CliContext context, AgentDetails details)
    {
        var agent = details.Agent;
        Line(context, "Agent", $"{agent.Name} (id {agent.Id})");
        Line(context, "State", agent.RevokedAt is { } revoked ? $"revoked {KeyOptions.Time(revoked)}" : agent.AuditModeAllowed ? "active, may ask to be recorded only" : "active");
        Line(context, "Owner", agent.Owner);
        Line(context, "Tier", agent.TrustTier);
        Line(context, "Tags", agent.Tags.Count == 0 ? "none" : string.Join(", ", agent.Tags));
        Line(context, "Made", KeyOptions.Time(agent.CreatedAt));
        Line(context, "Last seen", agent.LastSeenAt is { } seen ? KeyOptions.Time(seen) : "never");
        if (agent.HookVersion is { } hook)
            Line(context, "Hook", string.Join(", ", new[] { hook, Named("client", string.Join(" ", new[] { agent.Client, agent.ClientVersion }.OfType<string>()) is { Length: > 0 } client ? client : null), Named("calls itself", details.HookLabel), Named("installation", details.Installation) }.OfType<string>()));
        context.Output.WriteLine();
        var now = context.Time.GetUtcNow();
        context.WriteTable(
            [new("KEY"), new("STATE"), new("MADE"), new("SCOPES")],
            details.Keys.Select(k => (IReadOnlyList<Cell>)[k.Prefix, KeyOptions.State(k.RevokedAt, k.ExpiresAt, now), KeyOptions.Time(k.CreatedAt), string.Join(", ", k.Scopes)]));
    }

    private static string? Named(string name, string? value) => value is null ? null : $"{name} {value}";

    private static void Line(CliContext context, string label, string text) => context.WriteLine(label.PadRight(LabelWidth) + text);
}
