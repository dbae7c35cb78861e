using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Guard.Gateway.Storage.Sqlite;

/// <summary>
/// A transaction that holds the write lock from its beginning, so that it cannot fail half-way for want of it. Disposing
/// without <see cref="Commit"/> undoes it.
/// </summary>
/// <remarks>
/// Not the driver's own: that one throws on disposal after SQLite has already undone the transaction by itself, as it does
/// when the disk is full, and the connection is of no use from then on.
/// </remarks>
internal sealed class WriteTransaction : IDisposable
{
    private readonly SqliteConnection _connection;

    private WriteTransaction(SqliteConnection connection) => _connection = connection;

    public static WriteTransaction Begin(SqliteConnection connection)
    {
        connection.Execute("BEGIN IMMEDIATE");
        return new WriteTransaction(connection);
    }

    /// <summary>Returns when the transaction would survive a power cut.</summary>
    public void Commit() => _connection.Execute("COMMIT");

    public void Dispose()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _connection.Execute("ROLLBACK");
        }
    }
}
