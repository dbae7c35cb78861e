using Guard.Gateway.Audit;

namespace Guard.Gateway.TestHost;

/// <summary>
/// Stops before the next group that holds an event of a kind, until it is told to go on: the request has arrived and been
/// judged, and its answer is still to come.
/// </summary>
internal sealed class HoldingStore(IAuditStore inner) : IAuditStore
{
    private readonly SemaphoreSlim _go = new(0);

    // Written by who reads commands, read by the audit writer. Null: nothing is held.
    private volatile string? _kind;

    public void Hold(string kind) => _kind = kind;

    public void Go() => _go.Release();

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        if (_kind is { } kind && records.Any(record => record.Event.Kind == kind))
        {
            _kind = null;
            Console.WriteLine("held");
            _go.Wait();
        }

        return inner.Append(records);
    }

    public void Dispose()
    {
        inner.Dispose();
        _go.Dispose();
    }
}
