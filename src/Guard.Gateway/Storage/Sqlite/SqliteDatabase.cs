using System.Data.Common;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Storage.Sqlite;

/// <summary>The gateway's SQLite file: opens connections that all have the same guarantees.</summary>
/// <remarks>Thread-safe: every call opens its own connection (pooled). Disposing closes the pool.</remarks>
internal sealed class SqliteDatabase : IDatabase
{
    public const string FileName = "guard.db";

    // busy_timeout is below the audit writer's deadline, so that a writer that waits still answers in time. wal_autocheckpoint, in pages of
    // 4 KiB, is what WalCheckpoints leaves to a writer: 128 MiB.
    private const string Pragmas = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 32000;";

    private readonly string _connectionString;

    private readonly Func<IReadOnlyList<int>> _retentions;

    // 1: the write-ahead log may hold what was erased. At the start, too: a gateway that was killed may not have emptied it.
    private int _holdsErased = 1;

    private SqliteDatabase(string path, Func<IReadOnlyList<int>> retentions)
    {
        Path = path;
        _retentions = retentions;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = true, DefaultTimeout = 4 }.ToString();
    }

    public string Path { get; }

    public string Description => $"SQLite {SqliteLibrary.Use().Version} ({SqliteLibrary.Use().Origin} library)";

    public SqlDialect Sql { get; } = new()
    {
        EventsByTime = "audit_event INDEXED BY audit_event_time",
        // The table itself is in that order.
        EventsByPosition = "audit_event NOT INDEXED",
        CountsOfJson = """
            (SELECT json_extract(value, '$.level') AS level, json_extract(value, '$.slot') AS slot, json_extract(value, '$.dimension') AS dimension, json_extract(value, '$.digest') AS digest,
                json_extract(value, '$.subject') AS subject, json_extract(value, '$.count') AS count, json_extract(value, '$.denied') AS denied, json_extract(value, '$.retention_days') AS retention_days
                FROM json_each(@cells))
            """,
        FirstPosition = "SELECT min(position) FROM audit_event INDEXED BY audit_event_time WHERE {0}",
        LastPosition = "SELECT max(position) FROM audit_event INDEXED BY audit_event_time WHERE {0}",
        PositionsOfSession = SqliteStretches.PositionsOfSession,
        DecisionsOfCall = SqliteStretches.DecisionsOfCall,
        ChoosesIndexes = false,
        Answer = "json_extract(body, '$.answer')",
        Resource = "substr(json_extract(body, '$.resource'), 1, 500)",
        AgentId = "agent_id",
        CallColumns = "NULL AS Answer, NULL AS Resource",
        EraseBody = "DELETE FROM audit_event WHERE id = @id",
        DropsMonths = null,
        // From one class to the next by the index, whatever the number of events.
        RetentionClasses = """
            WITH RECURSIVE class (days) AS (
                SELECT min(retention_days) FROM audit_event
                UNION ALL
                SELECT (SELECT min(retention_days) FROM audit_event WHERE retention_days > class.days) FROM class WHERE days IS NOT NULL)
            SELECT days FROM class WHERE days IS NOT NULL
            """,
        ServerTime = "SELECT NULL",
        // The write lock of the whole file is held already.
        LockPolicies = "SELECT 1",
        HasUuids = false,
    };

    public ChangeFeed Changes { get; } = new();

    public StoreOutage? Outage => null;

    /// <summary>Opens the store in <paramref name="directory"/>, creating it (mode 0600), and brings its schema up to date.</summary>
    /// <param name="directory">Where the file is.</param>
    /// <param name="retentions">Those that policies in force state, the shortest first; null: there are no policies.</param>
    /// <exception cref="GatewayStartException">The file is not a Guard store, is newer than this program, or cannot be opened.</exception>
    public static SqliteDatabase Open(string directory, Func<IReadOnlyList<int>>? retentions = null)
    {
        SqliteLibrary.Use();
        var database = new SqliteDatabase(System.IO.Path.Combine(directory, FileName), retentions ?? (static () => []));
        try
        {
            CreatePrivateFile(database.Path);
            using var connection = database.Connect();
            SqliteSchema.Migrate(connection, database.Path);
            database.Changes.Publish(connection.QuerySingle<Generations>(Generations.Sql));
            database.Changes.PublishRecorded(connection.ExecuteScalar<long?>("SELECT max(position) FROM audit_event") ?? 0);
            return database;
        }
        catch (SqliteException exception)
        {
            database.Dispose();
            throw new GatewayStartException($"The store {database.Path} cannot be opened: {exception.Message}. Restore it from a backup, or move it away to start with an empty one.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            database.Dispose();
            throw new GatewayStartException($"The store {database.Path} cannot be opened: {exception.Message}", exception);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    DbConnection IDatabase.Connect() => Connect();

    /// <summary>An open connection with write-ahead log, full synchronisation, foreign keys and busy time-out set.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            connection.Execute(Pragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public T Read<T>(Func<DbConnection, T> work)
    {
        using var connection = Connect();
        connection.Execute("BEGIN DEFERRED");
        try
        {
            return work(connection);
        }
        finally
        {
            connection.Execute("ROLLBACK");
        }
    }

    public T Write<T>(Func<StoreWrite, T> work)
    {
        using var connection = Connect();
        using var transaction = WriteTransaction.Begin(connection);
        var write = new StoreWrite(connection, RetentionClass.Longest(_retentions()));
        var result = work(write);
        var recordedTo = SqliteAuditRow.Insert(connection, write.Records);
        foreach (var statement in write.Last)
        {
            connection.Execute(statement);
        }

        if (write.ChangesPolicies || write.ChangesKeys)
        {
            connection.Execute("UPDATE store_state SET policies = policies + @policies, keys = keys + @keys", new { policies = write.ChangesPolicies ? 1 : 0, keys = write.ChangesKeys ? 1 : 0 });
        }

        var generations = connection.QuerySingle<Generations>(Generations.Sql);
        transaction.Commit();
        if (write.Erases)
        {
            Volatile.Write(ref _holdsErased, 1);
        }

        Changes.Publish(generations);
        Changes.PublishRecorded(recordedTo);
        return result;
    }

    /// <summary>Something may have been erased in the file of which an older state still stands in the write-ahead log.</summary>
    public bool LogHoldsErased => Volatile.Read(ref _holdsErased) == 1;

    /// <summary>Copies what is committed from the write-ahead log into the file, beside whoever reads and writes; after an erasure it empties the log.</summary>
    /// <exception cref="SqliteException">The disk is full, or fails. What is committed is safe in the log.</exception>
    public void CheckpointLog()
    {
        using var connection = Connect();
        if (Interlocked.Exchange(ref _holdsErased, 0) == 0)
        {
            connection.Execute("PRAGMA wal_checkpoint(PASSIVE)");
            return;
        }

        var isEmpty = false;
        try
        {
            // Whoever writes or reads just now is not waited for, because writers would wait with it; it is tried again.
            connection.Execute("PRAGMA busy_timeout = 0");
            isEmpty = connection.ExecuteScalar<long>("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
        finally
        {
            if (!isEmpty)
            {
                Volatile.Write(ref _holdsErased, 1);
            }
        }
    }

    public void WriteOne(string sql, object parameters) => Write(write => write.Connection.Execute(sql, parameters));

    public IAuditStore OpenAuditStore() => new SqliteAuditStore(this);

    public void PrepareRetentions()
    {
        // One table holds them all.
    }

    public IStoreUpkeep Upkeep(TimeProvider clock, ILoggerFactory loggers) => new WalCheckpoints(this, clock, loggers.CreateLogger<WalCheckpoints>());

    public string? ProbeWrite()
    {
        try
        {
            using var connection = Connect();
            connection.DefaultTimeout = 1;
            connection.Execute("PRAGMA busy_timeout = 0");
            using var transaction = WriteTransaction.Begin(connection);
            // Writes what stands there already, through the same commit as every event.
            connection.Execute($"PRAGMA user_version = {SqliteSchema.Version}");
            transaction.Commit();
            return null;
        }
        catch (SqliteException exception)
        {
            return exception.Message;
        }
    }

    public void Dispose() => SqliteConnection.ClearPool(new SqliteConnection(_connectionString));

    // SQLite gives its -wal and -shm files the mode of the main file, so this is enough for all three.
    private static void CreatePrivateFile(string path)
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (OperatingSystem.IsWindows())
        {
            File.Open(path, FileMode.OpenOrCreate).Dispose();
            return;
        }

        new FileStream(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly }).Dispose();
        if (File.GetUnixFileMode(path) != OwnerOnly)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }
}
