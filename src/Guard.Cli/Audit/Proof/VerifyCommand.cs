using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;

namespace Guard.Cli.Audit.Proof;

/// <summary><c>guard audit verify</c>: whether the record is what was recorded.</summary>
internal static class VerifyCommand
{
    public static Command Create(CliContext context)
    {
        var checkpoint = new Option<string[]>("--checkpoint") { HelpName = "FILE", Description = "Checkpoints that were published elsewhere: one, or the file that `guard up --checkpoint-file` adds to; repeat for several" };
        var key = LogKeys.Option("The log's key as you know it: its text, or a file of keys; repeat for several (default: as the gateway states it)");
        var from = new Option<string?>("--from") { HelpName = "FILE", Description = "Verify an export (`guard audit export --format proof`); no gateway is asked" };
        var json = CommonOptions.Json();
        var connection = new ConnectionOptions();
        var command = new Command("verify", "Recompute the whole record and hold it against its signed heads; names the first event that was changed, removed or inserted") { checkpoint, key, from, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var verification = new RecordVerification(LogKeys.Read(context, parsed.GetValue(key) ?? []), [.. (parsed.GetValue(checkpoint) ?? []).Select(context.Resolve)]);
            var report = parsed.GetValue(from) is { } stated
                ? await FromFileAsync(verification, context.Resolve(stated), cancel)
                : await OnlineAsync(verification, parsed, context, connection, cancel);
            if (parsed.GetValue(json)) context.WriteJson(report, CliJson.Default.VerifyReport);
            else Write(context, report);
            return report.Holds ? ExitCodes.Done : ExitCodes.Negative;
        });
        return command;
    }

    private static async Task<VerifyReport> FromFileAsync(RecordVerification verification, string path, CancellationToken cancel)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return await verification.RunAsync(file, cancel);
    }

    private static async Task<VerifyReport> OnlineAsync(RecordVerification verification, ParseResult parsed, CliContext context, ConnectionOptions connection, CancellationToken cancel)
    {
        using var client = connection.Connect(parsed, context);
        using var response = await client.OpenLogExportAsync(cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        return await verification.RunAsync(stream, cancel);
    }

    private static void Write(CliContext context, VerifyReport report)
    {
        if (report.Holds)
        {
            var against = report.Checkpoints switch { 0 => "", 1 => ", and held against 1 published checkpoint", var many => $", and held against {many} published checkpoints" };
            context.WriteLine($"The record holds: {report.Events} events, {report.Signed} of them signed ({report.Log}){against}.");
        }
        else
        {
            context.WriteLine("The record does NOT hold.");
            context.WriteLine($"  {report.Problem}");
        }

        if (report.Erased > 0) context.WriteLine($"  {report.Erased} erased, as the record says.");
        if (report.Expired > 0) context.WriteLine($"  {report.Expired} expired at the end of their retention.");
        if (report.Holds && report.Events > report.Signed) context.WriteLine($"  The newest {report.Events - report.Signed} are not signed yet; that takes about a second.");
        if (report.Refusal is { } refusal) context.Warn($"the gateway does not sign: {refusal}");
        if (!report.KeyStated) context.Warn("the key was taken from what is verified; state the one you know with --key");
        if (report.Checkpoints == 0) context.Warn("no published checkpoint was stated: whoever can write the database and has the key, or has put back an old database with its key, does not show; state one with --checkpoint");
    }
}
