using System.Data.Common;
using Guard.Gateway.Audit;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Storage;

/// <summary>
/// The store. What the two implementations agree on stands once, in the features' own classes, as SQL that both understand;
/// what they do not agree on stands behind this and <see cref="SqlDialect"/>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal interface IDatabase : IDisposable
{
    /// <summary>For people, e.g. <c>SQLite 3.40.1 (system library)</c>. Never holds a credential.</summary>
    string Description { get; }

    SqlDialect Sql { get; }

    /// <summary>What has changed in the store, whichever gateway changed it.</summary>
    ChangeFeed Changes { get; }

    /// <summary>Null: the store could be reached when that was last tried. A file is always there, or its use fails.</summary>
    StoreOutage? Outage { get; }

    /// <summary>An open connection for one read; disposing gives it back.</summary>
    /// <exception cref="DbException">The store cannot be reached.</exception>
    DbConnection Connect();

    /// <summary>Runs reads that must fit together: all of them see the store as it was at the first.</summary>
    T Read<T>(Func<DbConnection, T> work);

    /// <summary>
    /// Runs a change in one transaction with its audit events, which are written last. Everything is durable when this
    /// returns, or nothing has happened.
    /// </summary>
    T Write<T>(Func<StoreWrite, T> work);

    /// <summary>Runs one statement that needs no event, durable when this returns. No transaction stays open in between.</summary>
    void WriteOne(string sql, object parameters);

    /// <summary>The way of events into the record; one per gateway, used by its audit writer alone.</summary>
    IAuditStore OpenAuditStore();

    /// <summary>
    /// Makes room for events of the retentions that policies in force state, where there is none; cheap where there is. What cannot
    /// be made now is made for the first event that needs it.
    /// </summary>
    void PrepareRetentions();

    /// <summary>What the store needs done beside its use, not yet started. To be disposed of before the store.</summary>
    IStoreUpkeep Upkeep(TimeProvider clock, ILoggerFactory loggers);

    /// <summary>Tries a write of no consequence that does not wait for others.</summary>
    /// <returns>Null: the store takes writes. Else why not.</returns>
    string? ProbeWrite();
}
