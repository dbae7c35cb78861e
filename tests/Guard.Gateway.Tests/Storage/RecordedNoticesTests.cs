using Dapper;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Tests.Stores;
using Npgsql;

namespace Guard.Gateway.Tests.Storage;

/// <summary>Other gateways are told how far the record goes, whatever went wrong before.</summary>
public sealed class RecordedNoticesTests : IDisposable
{
    private readonly Guard.Gateway.Hosting.PostgresOptions _database = PostgresServer.Shared.CreateDatabase();

    /// <summary>What fails need not be the database: a certificate that cannot be read, a host that has no name any more.</summary>
    [Fact]
    public async Task Notice_AfterOneThatFailedWithNoErrorOfTheDatabase_IsTold()
    {
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var fails = true;
        var builder = new NpgsqlDataSourceBuilder(_database.Connection);
        builder.UsePhysicalConnectionInitializer(static _ => { }, _ =>
        {
            if (Volatile.Read(ref fails))
            {
                failed.TrySetResult();
                throw new InvalidOperationException("no database error");
            }

            return Task.CompletedTask;
        });
        // One of its own: what the pool has may be of before, and the server has ended it.
        await using var listener = new NpgsqlConnection(_database.Connection + ";Pooling=false");
        await listener.OpenAsync();
        await listener.ExecuteAsync("LISTEN guard");
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Notification += (_, notice) => told.TrySetResult(notice.Payload);
        await using var notices = new RecordedNotices(builder.Build(), TimeProvider.System);

        notices.Recorded(1);
        await failed.Task;
        Volatile.Write(ref fails, false);
        notices.Recorded(2);
        await listener.WaitAsync();

        (await told.Task).Should().Be("events 2");
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        PostgresServer.Shared.Drop(_database);
    }
}
