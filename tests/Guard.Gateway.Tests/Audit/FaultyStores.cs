using Guard.Gateway.Audit;

namespace Guard.Gateway.Tests.Audit;

/// <summary>Fails while it is told to, and works otherwise.</summary>
internal sealed class FailingStore(IAuditStore inner) : IAuditStore
{
    public volatile bool Fails;

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records) => Fails ? throw new IOException("disk I/O error") : inner.Append(records);

    public void Dispose() => inner.Dispose();
}

/// <summary>The mistake that the audit writer exists to prevent: what could not be stored is answered as if it were.</summary>
internal sealed class HopefulStore(IAuditStore inner) : IAuditStore
{
    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        try
        {
            return inner.Append(records);
        }
        catch (Exception)
        {
            return [.. records.Select(static _ => AppendResult.Appended)];
        }
    }

    public void Dispose() => inner.Dispose();
}

/// <summary>Hangs from the first group on until it is let go, and counts the groups.</summary>
internal sealed class GatedStore(IAuditStore inner) : IAuditStore
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly List<int> _groups = [];

    /// <summary>Set when the store hangs in a group.</summary>
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<int> Groups => _groups;

    public void Open() => _gate.Set();

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        Entered.TrySetResult();
        _gate.Wait();
        _groups.Add(records.Count);
        return inner.Append(records);
    }

    public void Dispose() => inner.Dispose();
}
