using Guard.Gateway.Audit;

namespace Guard.Gateway.TestHost;

/// <summary>
/// The mistake that the audit writer exists to prevent: it says "stored" and stores later. The kill test must find it out,
/// or it proves nothing.
/// </summary>
internal sealed class EarlyAcknowledgingStore(IAuditStore inner) : IAuditStore
{
    private const int Held = 200;
    private readonly List<AuditRecord> _waiting = [];

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        _waiting.AddRange(records);
        if (_waiting.Count >= Held)
        {
            inner.Append(_waiting);
            _waiting.Clear();
        }

        return [.. records.Select(static _ => AppendResult.Appended)];
    }

    public void Dispose() => inner.Dispose();
}
