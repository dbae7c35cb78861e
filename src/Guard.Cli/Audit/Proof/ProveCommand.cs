using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Proof;
using Guard.Proof.Log;
using Guard.Proof.Notes;

namespace Guard.Cli.Audit.Proof;

/// <summary><c>guard audit prove</c>: a file that proves one event to whoever has the log's key.</summary>
internal static class ProveCommand
{
    private const string NotSignedYet = "event-unsigned";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public static Command Create(CliContext context)
    {
        var id = new Argument<string>("EVENT") { Description = "Id of an event" };
        var output = new Option<string?>("--output", "-o") { HelpName = "FILE", Description = $"Write there, never over another file (default: EVENT{LogProof.FileExtension} in the current folder)" };
        var hide = new Option<bool>("--without-content") { Description = "Prove that it was recorded, and show nothing of what it says" };
        var connection = new ConnectionOptions();
        var command = new Command("prove", "Write a proof that an event is in the log (C2SP tlog-proof); it is checked without gateway or database") { id, output, hide };
        connection.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var stated = parsed.GetRequiredValue(id);
            if (!Guid.TryParse(stated, out var eventId)) throw CliException.Usage($"{PlainText.OneLine(stated)} is not the id of an event");
            var file = context.Resolve(parsed.GetValue(output) ?? $"{eventId}{LogProof.FileExtension}");
            if (Path.Exists(file)) throw CliException.Refused($"{file} exists already; no proof was written");
            using var client = connection.Connect(parsed, context);
            var proof = await FetchAsync(client, context, eventId.ToString(), !parsed.GetValue(hide), cancel);
            var log = await client.GetLogAsync(cancel);
            Check(proof, log.Keys.Select(key => VerifierKey.Parse(key.Verifier)).ToList(), eventId);
            PrivateFile.Write(file, proof);
            context.WriteLine($"The proof is in {context.Shorten(file)}. Whoever has the log's key checks it with `guard audit check FILE --key KEY`:");
            context.WriteLine($"  {log.Keys[^1].Verifier}");
            return ExitCodes.Done;
        });
        return command;
    }

    // The newest events are signed within a second.
    private static async Task<byte[]> FetchAsync(GatewayClient client, CliContext context, string id, bool disclose, CancellationToken cancel)
    {
        var since = context.Time.GetTimestamp();
        while (true)
        {
            try
            {
                return await client.GetProofAsync(id, disclose, cancel);
            }
            catch (GatewayProblemException e) when (e.Problem.Code == NotSignedYet && context.Time.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Pause, context.Time, cancel);
            }
        }
    }

    // A proof that does not hold is not handed out: then the store was changed.
    private static void Check(byte[] proof, IReadOnlyList<VerifierKey> keys, Guid id)
    {
        try
        {
            var parsed = LogProof.Parse(proof);
            var origin = Checkpoint.Parse(parsed.Checkpoint.Text).Origin;
            var (disclosed, _) = EventDisclosure.Verify(parsed, origin, keys);
            if (disclosed.Leaf.Id != id) throw new ProofRefusedException("It is of another event.");
        }
        catch (Exception e) when (e is ProofRefusedException or BadSignatureException or ProofFormatException)
        {
            throw new CliException(ExitCodes.Negative, $"the event cannot be proven: {e.Message} Run `guard audit verify`", e);
        }
    }
}
