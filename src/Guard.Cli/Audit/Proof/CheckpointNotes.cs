using System.Text;
using Guard.Cli.Terminal;
using Guard.Proof.Notes;

namespace Guard.Cli.Audit.Proof;

/// <summary>Checkpoints out of a file: one, or all that were published there one after another.</summary>
internal static class CheckpointNotes
{
    /// <summary>Each takes a signature's verification; of more, so many are taken, spread over all, and the newest.</summary>
    private const int MaxChecked = 2_000;

    private const int MaxFileBytes = 1024 * 1024 * 1024;

    /// <summary>Those that a trusted key has signed, in any log: a log that was begun anew holds the same events.</summary>
    /// <exception cref="CliException">The file holds none.</exception>
    public static IReadOnlyList<Checkpoint> Read(string path, IReadOnlyList<VerifierKey> trusted)
    {
        if (new FileInfo(path) is { Exists: false }) throw CliException.Refused($"{path} does not exist");
        if (new FileInfo(path).Length > MaxFileBytes) throw CliException.Refused($"{path} is larger than {MaxFileBytes} bytes; take its end");
        var notes = NoteFile.Read(File.ReadAllText(path, Encoding.UTF8)).ToList();
        var step = Math.Max(1, notes.Count / MaxChecked);
        var found = notes.Where((_, i) => i % step == 0 || i == notes.Count - 1).Select(note => Open(note, trusted)).OfType<Checkpoint>().ToList();
        return found.Count > 0 ? found : throw new CliException(ExitCodes.Negative, $"{path} holds no checkpoint that a trusted key has signed");
    }

    /// <summary>What a checkpoint says, in the name of the key that signed it; null: no trusted key did.</summary>
    /// <exception cref="BadSignatureException">It was changed.</exception>
    public static Checkpoint? Open(SignedNote note, IReadOnlyList<VerifierKey> trusted)
    {
        var by = note.VerifiedBy(trusted);
        var checkpoint = by.Count == 0 ? null : Checkpoint.Parse(note.Text);
        return checkpoint is not null && by.Any(key => key.Name == checkpoint.Origin) ? checkpoint : null;
    }
}
