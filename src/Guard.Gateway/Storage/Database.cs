using Guard.Gateway.Hosting;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Storage;

/// <summary>The gateway's SQLite file: opens connections that all have the same guarantees.</summary>
/// <remarks>Thread-safe: every call opens its own connection (pooled). Disposing closes the pool.</remarks>
internal sealed class Database : IDisposable
{
    public const string FileName = "guard.db";

    // busy_timeout is below the audit writer's deadline, so that a writer that waits still answers in time.
    private const string Pragmas = "PRAGMA busy_timeout = 4000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

    private readonly string _connectionString;

    private Database(string path)
    {
        Path = path;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = true, DefaultTimeout = 4 }.ToString();
    }

    public string Path { get; }

    /// <summary>Opens the store in <paramref name="directory"/>, creating it (mode 0600), and brings its schema up to date.</summary>
    /// <exception cref="GatewayStartException">The file is not a Guard store, is newer than this program, or cannot be opened.</exception>
    public static Database Open(string directory)
    {
        SqliteLibrary.Use();
        var database = new Database(System.IO.Path.Combine(directory, FileName));
        try
        {
            CreatePrivateFile(database.Path);
            using var connection = database.Connect();
            Schema.Migrate(connection, database.Path);
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

    /// <summary>Runs <paramref name="work"/> in one transaction that takes the write lock at once, so that it cannot fail half-way for it.</summary>
    public T Write<T>(Func<SqliteConnection, T> work)
    {
        using var connection = Connect();
        using var transaction = WriteTransaction.Begin(connection);
        var result = work(connection);
        transaction.Commit();
        return result;
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
