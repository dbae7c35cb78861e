using System.Text;
using Guard.Proof.Notes;

namespace Guard.Gateway.Proof;

/// <summary>
/// A file that only grows: every published head, durable one after another. On a file system that the database's administrators
/// cannot write, on append-only or write-once storage where there is some.
/// </summary>
internal sealed class CheckpointFile(string path) : ICheckpointPlace
{
    // More than any note; the newest whole one is among the last.
    private const int TailBytes = 64 * 1024;

    public string Name => path;

    public async Task<SignedNote?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Seek(-Math.Min(TailBytes, stream.Length), SeekOrigin.End);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var text = await reader.ReadToEndAsync(cancellationToken);
            return NoteFile.Read(text).LastOrDefault() ?? (text.Length == 0 ? null : throw new CheckpointPlaceException($"{path} holds no checkpoint"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointPlaceException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    public async Task PublishAsync(SignedNote head, CancellationToken cancellationToken)
    {
        try
        {
            var separation = EndsWithBlankLine() ? "" : "\n\n";
            await using var stream = AppendedFile.Open(path);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(separation + NoteFile.Entry(head)), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            stream.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointPlaceException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    // Else the last one was cut, and an empty line keeps it from running into the next.
    private bool EndsWithBlankLine()
    {
        if (!File.Exists(path))
        {
            return true;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (stream.Length < 2)
        {
            return stream.Length == 0;
        }

        stream.Seek(-2, SeekOrigin.End);
        return stream.ReadByte() == '\n' && stream.ReadByte() == '\n';
    }
}
