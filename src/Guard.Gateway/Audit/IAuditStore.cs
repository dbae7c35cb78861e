namespace Guard.Gateway.Audit;

/// <summary>Where events become durable. Called by one thread at a time.</summary>
internal interface IAuditStore : IDisposable
{
    /// <summary>
    /// Commits <paramref name="records"/> in one transaction and returns only when they would survive a power cut. A record
    /// that is a duplicate is left out and does not harm the others.
    /// </summary>
    /// <returns>One result per record, in order.</returns>
    /// <exception cref="Exception">Nothing of the group is known to be stored.</exception>
    IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records);
}
