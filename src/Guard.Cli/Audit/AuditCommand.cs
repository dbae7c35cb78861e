using System.CommandLine;
using Guard.Cli.Audit.Proof;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary><c>guard audit</c>: reads the record, and holds it to what was signed.</summary>
internal static class AuditCommand
{
    /// <summary>Events per request; the gateway gives no more.</summary>
    private const int PageSize = 1_000;

    public static Command Create(CliContext context) => new("audit", "Read, verify and prove the record of decisions, outcomes and changes")
    {
        CreateTail(context),
        CreateQuery(context),
        TraceCommand.Create(context),
        ExportCommand.Create(context),
        StatsCommand.Create(context),
        VerifyCommand.Create(context),
        ProveCommand.Create(context),
        CheckCommand.Create(context),
        KeyCommands.CreateKey(context),
        KeyCommands.CreateRotate(context),
        KeyCommands.CreateRestart(context),
        RemovalCommands.CreateErase(context),
        RemovalCommands.CreateExpire(context),
    };

    private static Command CreateTail(CliContext context)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new events until Ctrl-C" };
        var filters = new FilterOptions(context);
        var count = Count("Begin with the last N events", 20);
        var json = JsonLines();
        var connection = new ConnectionOptions();
        var command = new Command("tail", "Show the latest events, oldest first, and follow the record as it grows") { follow, count };
        filters.AddTo(command);
        command.Options.Add(json);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var output = Output(context, parsed.GetValue(json));
            var tail = new EventTail(client, context, filters.Of(parsed));
            await tail.RunAsync(parsed.GetValue(count), parsed.GetValue(follow), output, cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateQuery(CliContext context)
    {
        var filters = new FilterOptions(context);
        var limit = Count("At most N events, the latest", 50, "--limit");
        var json = JsonLines();
        var connection = new ConnectionOptions();
        var command = new Command("query", "Find events, oldest first");
        filters.AddTo(command);
        command.Options.Add(limit);
        command.Options.Add(json);
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            Output(context, parsed.GetValue(json))(await LatestAsync(client, filters.Of(parsed), parsed.GetValue(limit), cancel), true);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>The latest events that pass the filter, oldest first.</summary>
    public static async Task<IReadOnlyList<AuditEvent>> LatestAsync(GatewayClient client, AuditFilter filter, int count, CancellationToken cancel)
    {
        var events = new List<AuditEvent>();
        await foreach (var e in client.QueryAuditAsync(filter with { Limit = Math.Min(PageSize, count) }, AuditOrder.NewestFirst, cancel))
        {
            events.Add(e);
            if (events.Count == count) break;
        }

        events.Reverse();
        return events;
    }

    private static Action<IReadOnlyList<AuditEvent>, bool> Output(CliContext context, bool json)
    {
        if (!json) return new EventTable(context).Write;
        return (events, _) =>
        {
            foreach (var e in events) context.WriteJson(e, ProtocolJson.Default.AuditEvent);
        };
    }

    private static Option<bool> JsonLines() => new("--json") { Description = "Write JSON lines: one event per line, whole" };

    private static Option<int> Count(string description, int standard, string name = "-n") => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out var number) && number is >= 1 and <= 100_000) return number;
            result.AddError($"{name} must be a number from 1 to 100000");
            return 0;
        },
    };
}
