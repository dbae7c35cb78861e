using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary><c>guard audit trace</c>: one tool call from the question to its end.</summary>
internal static class TraceCommand
{
    /// <summary>Decisions or outcomes of one trace: one for each agent that used it.</summary>
    private const int MaxAgents = 1_000;

    /// <summary>An agent can have any number of outcomes refused; they must not hide the rest.</summary>
    private const int MaxRefused = 20;

    public static Command Create(CliContext context)
    {
        var id = new Argument<string>("ID") { Description = "As the message of a decision names it" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("trace", "Show all of one trace: the call, its accesses, the rules that matched, the decision, the outcome") { id, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var report = await ReadAsync(client, parsed.GetRequiredValue(id), cancel);
            if (parsed.GetValue(json)) context.WriteJson(report, CliJson.Default.TraceReport);
            else TraceText.Write(context, report);
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<TraceReport> ReadAsync(GatewayClient client, string trace, CancellationToken cancel)
    {
        var filter = new AuditFilter { Trace = trace };
        var decisions = await AuditCommand.LatestAsync(client, filter with { Kind = AuditKinds.Decision }, MaxAgents, cancel);
        var denials = await AuditCommand.LatestAsync(client, filter with { Kind = AuditKinds.HookDenied }, MaxAgents, cancel);
        var outcomes = await AuditCommand.LatestAsync(client, filter with { Kind = AuditKinds.Outcome }, MaxAgents, cancel);
        var refused = await AuditCommand.LatestAsync(client, filter with { Kind = AuditKinds.OutcomeRefused }, MaxRefused + 1, cancel);
        IReadOnlyList<AuditEvent> events = [.. decisions.Concat(denials).Concat(outcomes).Concat(refused.TakeLast(MaxRefused)).OrderBy(e => e.Position)];
        return events.Count > 0
            ? new TraceReport { TraceId = trace, Events = events, MoreRefused = refused.Count > MaxRefused }
            : throw CliException.Refused($"the record has no trace {trace}");
    }
}
