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

    public void Dispose() => store.Dispose();
}
