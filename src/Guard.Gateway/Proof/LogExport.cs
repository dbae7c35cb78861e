using System.Buffers;
using System.Data.Common;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Guard.Gateway.Storage;
using Guard.Proof.Leaves;
using Guard.Proof.Log;
using Guard.Proof.Tree;
using Guard.Protocol;

namespace Guard.Gateway.Proof;

/// <summary>
/// Writes all that verification needs of the record, one line of JSON for each leaf, as <see cref="LogExportReader"/> reads it: what
/// stands in the store, judged by nobody.
/// </summary>
internal sealed class LogExport(IDatabase database, LogStore store)
{
    private const int ChunkSize = 1_000;

    /// <summary>Ends with a line that says so, so that a cut export does not pass for a whole one.</summary>
    public async Task WriteAsync(LogInfo info, PipeWriter output, CancellationToken cancellationToken)
    {
        output.Write(Encoding.UTF8.GetBytes($"{LogExportReader.HeaderStart}{JsonSerializer.Serialize(info, ProtocolJson.Default.LogInfo)}}}\n"));
        var writer = new ArrayBufferWriter<byte>();
        var (index, position, more) = (0L, 0L, true);
        while (more)
        {
            // Each chunk is as the store was at one moment, so that a body that goes meanwhile is never gone without its reason.
            (index, position, more) = database.Read(connection => WriteChunk(writer, connection, index, position));
            if (!more)
            {
                writer.Write(Encoding.UTF8.GetBytes($"{LogExportReader.EndStart}{index}}}\n"));
            }

            await output.WriteAsync(writer.WrittenMemory, cancellationToken);
            writer.ResetWrittenCount();
        }
    }

    private (long Index, long Position, bool More) WriteChunk(ArrayBufferWriter<byte> writer, DbConnection connection, long index, long position)
    {
        var leaves = LogStore.Leaves(connection, position, ChunkSize);
        var more = leaves.Count == ChunkSize;
        var to = more ? leaves[^1].Position : long.MaxValue;
        var bodies = new Queue<LogBodyRow>(store.Bodies(connection, position, to));
        var expiries = RecordRetention.Latest(connection);
        var tiles = LogStore.Tiles(connection);
        var tile = tiles(new TileId(0, index / Tile.MaxWidth), 1);
        foreach (var leaf in leaves)
        {
            if (index % Tile.MaxWidth == 0)
            {
                tile = tiles(new TileId(0, index / Tile.MaxWidth), 1);
            }

            WriteStrays(writer, bodies, leaf.Position);
            var body = bodies.TryPeek(out var next) && next.Position == leaf.Position ? bodies.Dequeue() : null;
            WriteEntry(writer, connection, leaf, Logged(tile.Span, index), body, expiries);
            index++;
        }

        WriteStrays(writer, bodies, long.MaxValue);
        return (index, to, more);
    }

    private static MerkleHash? Logged(ReadOnlySpan<byte> tile, long index)
    {
        var at = (int)(index % Tile.MaxWidth) * MerkleHash.Length;
        return at + MerkleHash.Length <= tile.Length ? new MerkleHash(tile.Slice(at, MerkleHash.Length)) : null;
    }

    // Bodies that no leaf stands for.
    private static void WriteStrays(ArrayBufferWriter<byte> writer, Queue<LogBodyRow> bodies, long before)
    {
        while (bodies.TryPeek(out var body) && body.Position < before)
        {
            bodies.Dequeue();
            writer.Write(LogExportReader.Stray(body.Id));
        }
    }

    private void WriteEntry(ArrayBufferWriter<byte> writer, DbConnection connection, LogLeafRow leaf, MerkleHash? logged, LogBodyRow? row, IReadOnlyDictionary<int, ExpiryRow> expiries)
    {
        var data = leaf.ToLeaf() ?? default;
        if (row is null || row.Id != leaf.Id)
        {
            var by = store.ErasedBy(connection, leaf.Id);
            var hasExpired = expiries.TryGetValue(leaf.RetentionDays, out var expiry) && string.CompareOrdinal(leaf.Id, expiry.FirstId) < 0;
            var state = by is not null ? BodyState.Erased : hasExpired ? BodyState.Expired : BodyState.Present;
            writer.Write(LogExportReader.Entry(new LogExportEntry(new StoredEvent(data, default, default, state), logged, null)));
            return;
        }

        var body = Encoding.UTF8.GetBytes(row.Body);
        // A body under a shorter retention than its leaf's would go before its time.
        var difference = row.RetentionDays == leaf.RetentionDays ? ColumnCheck.Difference(row, body, database.Sql.HasUuids) : "retention_days";
        writer.Write(LogExportReader.Entry(new LogExportEntry(new StoredEvent(data, body, row.Salt is { Length: EventLeaf.SaltLength } salt ? salt : default(ReadOnlyMemory<byte>), BodyState.Present), logged, difference)));
    }
}
