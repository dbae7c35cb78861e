using System.CommandLine;
using System.Text.Json;
using Guard.Cli.Terminal;
using Guard.Proof;
using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Protocol;

namespace Guard.Cli.Audit.Proof;

/// <summary><c>guard audit check</c>: verifies a proof file with nothing but the log's key.</summary>
internal static class CheckCommand
{
    public static Command Create(CliContext context)
    {
        var file = new Argument<string>("FILE") { Description = $"A proof ({LogProof.FileExtension})" };
        var key = LogKeys.Option("The log's key: its text, or a file of keys; repeat for several");
        key.Required = true;
        var json = new Option<bool>("--json") { Description = "Write the event as JSON, if the proof holds it" };
        var command = new Command("check", "Verify a proof file; no gateway and no database is asked") { file, key, json };
        command.SetAction(parsed =>
        {
            var path = context.Resolve(parsed.GetRequiredValue(file));
            if (new FileInfo(path) is { Exists: true, Length: > 2L * LogProof.MaxExtra }) throw new CliException(ExitCodes.BadDocument, $"{path} is larger than any proof");
            var keys = LogKeys.Read(context, parsed.GetValue(key) ?? []);
            var (disclosed, head, by) = Verify(File.ReadAllBytes(path), keys);
            if (parsed.GetValue(json)) WriteJson(context, disclosed);
            else Write(context, disclosed, head, by);
            return ExitCodes.Done;
        });
        return command;
    }

    private static (EventDisclosure Event, Checkpoint Head, VerifierKey By) Verify(byte[] content, LogKeys keys)
    {
        try
        {
            var proof = LogProof.Parse(content);
            var trusted = keys.Follow([]);
            var by = proof.Checkpoint.VerifiedBy(trusted) is [var first, ..] ? first : throw new ProofRefusedException("Its checkpoint has no signature of a key that is known.");
            var (disclosed, head) = EventDisclosure.Verify(proof, by.Name, trusted);
            return (disclosed, head, by);
        }
        catch (Exception e) when (e is ProofRefusedException or BadSignatureException)
        {
            throw new CliException(ExitCodes.Negative, $"the proof does NOT hold: {e.Message}", e);
        }
        catch (ProofFormatException e)
        {
            throw new CliException(ExitCodes.BadDocument, $"this is no proof that can be read: {e.Message}", e);
        }
    }

    private static void Write(CliContext context, EventDisclosure disclosed, Checkpoint head, VerifierKey by)
    {
        context.WriteLine($"The proof holds: event {disclosed.Leaf.Id} is among the first {head.Size} of {head.Origin}, signed by key {by.KeyId:x8}.");
        if (Event(disclosed) is not { } e)
        {
            context.WriteLine(disclosed.IsDisclosed ? "  It holds an event of a form that this version does not know; --json shows it." : "  It shows nothing of what the event says.");
            return;
        }

        context.WriteLine($"  {AuditTime.ToWire(e.Time)}  {e.Kind}  {e.AgentName ?? e.Change?.Actor ?? "-"}  {e.Effect ?? e.Outcome?.Result ?? e.Change?.Operation ?? ""}  {e.Action ?? ""}  {e.Resource ?? e.Change?.Target ?? ""}".TrimEnd());
        if (e.Reason is { } reason) context.WriteLine($"  {reason}");
    }

    private static void WriteJson(CliContext context, EventDisclosure disclosed)
    {
        if (!disclosed.IsDisclosed) throw new CliException(ExitCodes.Negative, "the proof holds, and shows nothing of what the event says");
        using var document = JsonDocument.Parse(disclosed.Json);
        context.WriteJson(document.RootElement, CliJson.Default.JsonElement);
    }

    private static AuditEvent? Event(EventDisclosure disclosed)
    {
        try
        {
            return disclosed.IsDisclosed ? JsonSerializer.Deserialize(disclosed.Json.Span, ProtocolJson.Default.AuditEvent) : null;
        }
        catch (JsonException)
        {
            // Proven all the same; of a later version.
            return null;
        }
    }
}
