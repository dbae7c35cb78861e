using System.Diagnostics.CodeAnalysis;
using Guard.Gateway.Audit;

namespace Guard.Gateway.Sequences;

/// <summary>Tells the watch which numbers were recorded.</summary>
internal sealed class WatchedStore(IAuditStore store, SequenceWatch watch) : IAuditStore
{
    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        var results = store.Append(records);
        for (var i = 0; i < records.Count; i++)
        {
            if (results[i] == AppendResult.Appended)
            {
                watch.Saw(records[i]);
            }
        }

        return results;
    }

    public bool TryAppendAlone(AuditRecord record, [NotNullWhen(true)] out Task<AppendResult>? append)
    {
        append = store.TryAppendAlone(record, out var stored) ? SeeAsync(stored, record) : null;
        return append is not null;
    }

    public void Dispose() => store.Dispose();

    private async Task<AppendResult> SeeAsync(Task<AppendResult> append, AuditRecord record)
    {
        var result = await append;
        if (result == AppendResult.Appended)
        {
            watch.Saw(record);
        }

        return result;
    }
}
