using System.Data.Common;
using Guard.Gateway.Audit;
using Guard.Protocol;

namespace Guard.Gateway.Storage;

/// <summary>A change under way.</summary>
/// <remarks>Lives as long as its transaction; used by one thread.</remarks>
internal sealed class StoreWrite(DbConnection connection)
{
    private readonly List<AuditRecord> _records = [];

    /// <summary>In the transaction of the change.</summary>
    public DbConnection Connection { get; } = connection;

    public IReadOnlyList<AuditRecord> Records => _records;
    public bool ChangesPolicies { get; private set; }
    public bool ChangesKeys { get; private set; }

    /// <summary>The event is stored with the change, after everything else in it.</summary>
    public void Record(AuditEvent auditEvent) => _records.Add(AuditRecord.Of(auditEvent));

    /// <summary>Every gateway loads the policies again, and no decision that was judged by the old ones is stored.</summary>
    public void PoliciesChanged() => ChangesPolicies = true;

    /// <summary>Every gateway loads the keys again, and nothing that came in with the old ones is stored.</summary>
    public void KeysChanged() => ChangesKeys = true;
}
