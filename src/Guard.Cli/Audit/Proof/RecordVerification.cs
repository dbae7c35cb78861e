using System.Text;
using System.Text.Json;
using Guard.Cli.Terminal;
using Guard.Proof;
using Guard.Proof.Log;
using Guard.Proof.Notes;
using Guard.Protocol;

namespace Guard.Cli.Audit.Proof;

/// <summary>Verifies an export, from a gateway or out of a file, against keys and checkpoints that a person states.</summary>
/// <param name="keys">None pinned: those that the export states are believed.</param>
/// <param name="checkpoints">Files of checkpoints that were published elsewhere; absolute.</param>
internal sealed class RecordVerification(LogKeys keys, IReadOnlyList<string> checkpoints)
{
    public async Task<VerifyReport> RunAsync(Stream export, CancellationToken cancel)
    {
        try
        {
            return await ReadAsync(export, cancel);
        }
        catch (ProofFormatException e)
        {
            throw new CliException(ExitCodes.BadDocument, $"the export cannot be read: {e.Message}", e);
        }
    }

    private async Task<VerifyReport> ReadAsync(Stream export, CancellationToken cancel)
    {
        Head? head = null;
        ExportVerifier? verifier = null;
        await foreach (var group in ExportLines.ReadAsync(export, cancel))
        {
            var lines = group;
            if (verifier is null)
            {
                head = Open(lines[0].Span);
                verifier = new ExportVerifier(head.Heads.Select(checkpoint => (checkpoint.Size, checkpoint.Root)));
                lines = [.. lines.Skip(1)];
            }

            verifier.Add(lines);
        }

        if (head is null || verifier is null) throw new ProofFormatException("it is empty");
        var verdict = verifier.Finish();
        var problem = verdict.Problem ?? head.Problem;
        return new VerifyReport
        {
            Holds = problem is null,
            Problem = problem,
            Index = verdict.Problem is null ? null : verdict.Index,
            Events = verdict.Size,
            Signed = Math.Min(verdict.Size, head.Heads.Count == 0 ? 0 : head.Heads.Max(checkpoint => checkpoint.Size)),
            Erased = verdict.Erased,
            Expired = verdict.Expired,
            Log = head.Info.Origin,
            Checkpoints = head.Published,
            KeyStated = keys.Pinned.Count > 0,
            Refusal = head.Info.Refusal,
        };
    }

    private Head Open(ReadOnlySpan<byte> line)
    {
        if (LogExportReader.KindOf(line) != LogExportLine.Header) throw new ProofFormatException("it does not begin with its header");
        var info = Info(LogExportReader.Header(line));
        var own = new LogKeys(keys.Pinned.Count > 0 ? keys.Pinned : [.. info.Keys.Select(key => VerifierKey.Parse(key.Verifier))], keys.Endorsements);
        try
        {
            var trusted = own.Follow(info.Keys.Where(key => key.Endorsement is not null).Select(key => Note(key.Endorsement!)));
            var heads = checkpoints.SelectMany(path => CheckpointNotes.Read(path, trusted)).ToList();
            var published = heads.Count;
            if (info.Checkpoint is not { } stated) return new Head(info, heads, published, published > 0 ? "The log has no signed head, although checkpoints were published." : "Nothing was signed yet.");
            return CheckpointNotes.Open(Note(stated), trusted) is { } newest
                ? new Head(info, [.. heads, newest], published, null)
                : new Head(info, heads, published, "The newest head of the log is signed by a key that the stated keys do not vouch for: the log was begun anew, or is another one.");
        }
        catch (BadSignatureException e)
        {
            return new Head(info, [], 0, e.Message);
        }
    }

    private static LogInfo Info(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ProtocolJson.Default.LogInfo) ?? throw new ProofFormatException("its header is empty");
        }
        catch (JsonException e)
        {
            throw new ProofFormatException("its header is damaged", e);
        }
    }

    private static SignedNote Note(string text) => SignedNote.Parse(Encoding.UTF8.GetBytes(text));

    /// <summary>What the events are held against.</summary>
    private sealed record Head(LogInfo Info, IReadOnlyList<Checkpoint> Heads, int Published, string? Problem);
}
