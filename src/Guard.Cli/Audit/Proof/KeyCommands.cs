using System.CommandLine;
using System.Text;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Proof.Notes;
using Guard.Protocol;

namespace Guard.Cli.Audit.Proof;

/// <summary><c>guard audit key</c>, <c>rotate-key</c> and <c>restart</c>: the keys that sign the log.</summary>
internal static class KeyCommands
{
    public static Command CreateKey(CliContext context)
    {
        var all = new Option<bool>("--all") { Description = "All keys of the log, and the notes in which one vouches for the next: a file for --key" };
        var json = new Option<bool>("--json") { Description = "Write how the log stands as JSON" };
        var connection = new ConnectionOptions();
        var command = new Command("key", "Show the public key that signs the log; keep it where no administrator of the database can change it") { all, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var log = await client.GetLogAsync(cancel);
            if (parsed.GetValue(json)) context.WriteJson(log, ProtocolJson.Default.LogInfo);
            else if (log.Keys.Count == 0) throw CliException.Refused("nothing was signed yet; try again in a second");
            else if (parsed.GetValue(all)) WriteAll(context, log);
            else context.WriteLine(log.Keys[^1].Verifier);
            return ExitCodes.Done;
        });
        return command;
    }

    public static Command CreateRotate(CliContext context) => CreateChange(
        context,
        "rotate-key",
        "Sign with a new key from now on; the one before vouches for it, so that who knows the old one can go on",
        static (client, request, cancel) => client.RotateLogKeyAsync(request, cancel),
        "The log is signed with a new key, and the one before vouches for it. Copy audit.key to the other gateways of this database; keep the public one:");

    public static Command CreateRestart(CliContext context) => CreateChange(
        context,
        "restart",
        "Begin a new log over the record as it is, after its key was lost or the store was restored from a backup; nobody vouches for its key",
        static (client, request, cancel) => client.RestartLogAsync(request, cancel),
        "A new log has begun. Keep its public key; who verifies must learn it from you:");

    private static Command CreateChange(CliContext context, string name, string description, Func<GatewayClient, LogKeyRequest, CancellationToken, Task<LogInfo>> change, string done)
    {
        var reason = RemovalCommands.Reason();
        var json = new Option<bool>("--json") { Description = "Write how the log stands as JSON" };
        var connection = new ConnectionOptions();
        var command = new Command(name, description) { reason, json };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var client = connection.Connect(parsed, context);
            var log = await change(client, new LogKeyRequest { Reason = parsed.GetRequiredValue(reason) }, cancel);
            if (parsed.GetValue(json))
            {
                context.WriteJson(log, ProtocolJson.Default.LogInfo);
                return ExitCodes.Done;
            }

            context.WriteLine(done);
            context.WriteLine($"  {log.Keys[^1].Verifier}");
            return ExitCodes.Done;
        });
        return command;
    }

    // First the keys, one to a line; what vouches for them behind an empty line.
    private static void WriteAll(CliContext context, LogInfo log)
    {
        foreach (var key in log.Keys.Where(key => key.Verifier.StartsWith(log.Origin + "+", StringComparison.Ordinal))) context.WriteLine(key.Verifier);
        foreach (var endorsement in log.Keys.Select(key => key.Endorsement).OfType<string>())
        {
            context.WriteLine("");
            foreach (var line in NoteFile.Entry(SignedNote.Parse(Encoding.UTF8.GetBytes(endorsement))).TrimEnd('\n').Split('\n')) context.WriteLine(line);
        }
    }
}
