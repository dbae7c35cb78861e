using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Protocol;

namespace Guard.Cli.Audit.Proof;

/// <summary><c>guard audit erase</c> and <c>guard audit expire</c>: what removes from the record lawfully, and on record.</summary>
internal static class RemovalCommands
{
    public static Command CreateErase(CliContext context)
    {
        var id = new Argument<string>("EVENT") { Description = "Id of an event" };
        var reason = Reason();
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("erase", "Erase what an event says; that it was recorded, and that it was erased, stays and is verified") { id, reason, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var erasure = await client.EraseEventAsync(new EraseRequest { EventId = parsed.GetRequiredValue(id), Reason = parsed.GetRequiredValue(reason) }, cancel);
            if (parsed.GetValue(json)) context.WriteJson(erasure, ProtocolJson.Default.Erasure);
            else context.WriteLine($"Event {erasure.EventId} is erased; event {erasure.ErasedBy} says so. Backups and exports still have it.");
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command CreateExpire(CliContext context)
    {
        var before = new Option<string>("--before") { HelpName = "MONTH", Description = "The first month that is kept, as in 2026-03 (UTC)", Required = true };
        var only = new Option<string?>("--class") { HelpName = "DAYS", Description = $"Only events that are kept for this number of days, or `{ExpireRequest.WithoutRetention}`: those that no policy stated a retention for (default: all)" };
        var reason = Reason();
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("expire", "End the retention of whole months: what their events say is deleted, their places in the log stay and are verified") { before, only, reason, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var expiry = await client.ExpireEventsAsync(new ExpireRequest { Before = parsed.GetRequiredValue(before), Class = parsed.GetValue(only), Reason = parsed.GetRequiredValue(reason) }, cancel);
            if (parsed.GetValue(json)) context.WriteJson(expiry, ProtocolJson.Default.Expiry);
            else Write(context, expiry, isAll: parsed.GetValue(only) is null);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(CliContext context, Expiry expiry, bool isAll)
    {
        if (isAll) context.WriteLine($"All months before {expiry.Before} are expired:");
        foreach (var expired in expiry.Classes)
        {
            var events = expired.Class == ExpireRequest.WithoutRetention ? "events that no policy stated a retention for" : $"events that were kept for {expired.Class} days";
            context.WriteLine(isAll ? $"  {events}; event {expired.ExpiredBy} says so." : $"All months before {expiry.Before} are expired of {events}; event {expired.ExpiredBy} says so.");
        }
    }

    public static Option<string> Reason() => new("--reason") { HelpName = "TEXT", Description = "Why; the record keeps it", Required = true };
}
