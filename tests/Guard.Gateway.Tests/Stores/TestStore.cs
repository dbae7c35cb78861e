using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Storage.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Guard.Gateway.Tests.Stores;

/// <summary>An empty store without a gateway.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PostgresOptions? _postgres;

    public TestStore(StoreKind kind)
    {
        _postgres = kind == StoreKind.Postgres ? PostgresServer.Shared.CreateDatabase() : null;
        Database = Open();
    }

    public IDatabase Database { get; }

    /// <summary>The same store as another gateway would have it; to be disposed before this one.</summary>
    public IDatabase Open() => _postgres is { } options ? PostgresDatabase.Open(options, TimeProvider.System, NullLogger<PostgresDatabase>.Instance) : SqliteDatabase.Open(_folder.Path);

    public void Dispose()
    {
        Database.Dispose();
        if (_postgres is { } options)
        {
            PostgresServer.Shared.Drop(options);
        }

        _folder.Dispose();
    }
}
