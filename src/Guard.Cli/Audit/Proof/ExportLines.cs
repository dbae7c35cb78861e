using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Guard.Proof;
using Guard.Proof.Log;

namespace Guard.Cli.Audit.Proof;

/// <summary>Reads an export line by line, in groups of bounded size.</summary>
internal static class ExportLines
{
    private const int GroupLines = 4_000;
    private const int GroupBytes = 8 * 1024 * 1024;

    /// <exception cref="ProofFormatException">A line is too long, or the last one has no end.</exception>
    public static async IAsyncEnumerable<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 1024 * 1024, minimumReadSize: 256 * 1024));
        try
        {
            var group = new List<ReadOnlyMemory<byte>>(GroupLines);
            var bytes = 0L;
            while (true)
            {
                var read = await reader.ReadAsync(cancel);
                var buffer = read.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end).ToArray();
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    group.Add(line);
                    bytes += line.Length;
                    if (group.Count == GroupLines || bytes >= GroupBytes)
                    {
                        yield return group;
                        group = new List<ReadOnlyMemory<byte>>(GroupLines);
                        bytes = 0;
                    }
                }

                if (buffer.Length > LogExportReader.MaxLine) throw new ProofFormatException($"a line is longer than {LogExportReader.MaxLine} bytes");
                if (read.IsCompleted)
                {
                    if (group.Count > 0) yield return group;
                    if (buffer.Length > 0) throw new ProofFormatException("its last line has no end: it was cut");
                    yield break;
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }
}
