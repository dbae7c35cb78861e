using System.Data.Common;
using Guard.Gateway.Audit;
using Guard.Protocol;

namespace Guard.Gateway.Storage;

/// <summary>A change under way.</summary>
/// <remarks>Lives as long as its transaction; used by one thread.</remarks>
/// <param name="connection">In the transaction of the change.</param>
/// <param name="retention">The <see cref="RetentionClass"/> of its events.</param>
internal sealed class StoreWrite(DbConnection connection, int retention)
{
    private readonly List<AuditRecord> _records = [];
    private readonly List<string> _last = [];

    /// <summary>In the transaction of the change.</summary>
    public DbConnection Connection { get; } = connection;

    public IReadOnlyList<AuditRecord> Records => _records;

    /// <summary>Statements that run right before the commit.</summary>
    public IReadOnlyList<string> Last => _last;
    public bool ChangesPolicies { get; private set; }
    public bool ChangesKeys { get; private set; }
    public bool Erases { get; private set; }

    /// <summary>The event is stored with the change, after everything else in it.</summary>
    public void Record(AuditEvent auditEvent) => Record(auditEvent, retention);

    /// <summary>The same for an event that says what was removed: it is kept as long as that would have been.</summary>
    public void Record(AuditEvent auditEvent, int keptAs) => _records.Add(AuditRecord.Of(auditEvent, keptAs));

    /// <summary>
    /// Runs a statement as the last of the change: it takes locks that everybody waits for, so no gateway may hold them while it
    /// thinks.
    /// </summary>
    public void AtTheEnd(string statement) => _last.Add(statement);

    /// <summary>Every gateway loads the policies again, and no decision that was judged by the old ones is stored.</summary>
    public void PoliciesChanged() => ChangesPolicies = true;

    /// <summary>Every gateway loads the keys again, and nothing that came in with the old ones is stored.</summary>
    public void KeysChanged() => ChangesKeys = true;

    /// <summary>What was deleted is not to remain in any file of the store's own.</summary>
    public void Erased() => Erases = true;
}
