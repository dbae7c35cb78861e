using System.Diagnostics.CodeAnalysis;

namespace Guard.Gateway.Audit;

/// <summary>Where events become durable. Asked for one thing at a time.</summary>
internal interface IAuditStore : IDisposable
{
    /// <summary>
    /// Commits <paramref name="records"/> in one transaction and returns only when they would survive a power cut. A record
    /// that is a duplicate or outdated is left out and does not harm the others.
    /// </summary>
    /// <returns>One result per record, in order.</returns>
    /// <remarks>
    /// INVARIANT (order of positions): events become visible in the order of their positions, whichever gateway writes them,
    /// so that who has read up to a position has missed none.
    /// INVARIANT (in force at the commit): of a record with a <see cref="AuditRecord.Basis"/> that basis is in force in the
    /// order of commits, also of changes by other gateways.
    /// </remarks>
    /// <exception cref="Exception">Nothing of the group is known to be stored.</exception>
    IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records);

    /// <summary>Commits one record as <see cref="Append"/> does, with no thread that waits for it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="append">Where it fails it leaves open whether the record is stored; to append it again settles that.</param>
    /// <returns>False: the store cannot, or not now.</returns>
    bool TryAppendAlone(AuditRecord record, [NotNullWhen(true)] out Task<AppendResult>? append)
    {
        append = null;
        return false;
    }
}
