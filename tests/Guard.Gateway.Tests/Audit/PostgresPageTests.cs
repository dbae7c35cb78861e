using System.Buffers.Binary;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Guard.Gateway.Tests.Audit;

/// <summary>What pages cost the server, seen on the line to it.</summary>
public sealed class PostgresPageTests : IDisposable
{
    // PostgreSQL's documentation, "Message Formats": CancelRequest is its length, 16, and this number.
    private const int CancelRequest = 80877102;

    private readonly PostgresOptions _options = PostgresServer.Shared.CreateDatabase();
    private readonly StallingLine _line = new(PostgresServer.Shared.Port);

    /// <summary>Who leaves an answer before its end has the server cancel the statement, over another connection, which takes many times as long as the page.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(249)]
    [InlineData(250)]
    [InlineData(1_000)]
    public void Page_OfAnyLength_IsReadToItsEnd(int limit)
    {
        var cancelled = 0;
        _line.StallWhen(sent =>
        {
            if (sent.Length == 16 && BinaryPrimitives.ReadInt32BigEndian(sent.AsSpan(4)) == CancelRequest)
            {
                Interlocked.Increment(ref cancelled);
            }

            return -1;
        });
        var name = new NpgsqlConnectionStringBuilder(_options.Connection).Database!;
        var connection = new NpgsqlConnectionStringBuilder(PostgresServer.Shared.Connection(name, tcp: true)) { Host = "127.0.0.1", Port = _line.Port };
        using var database = PostgresDatabase.Open(_options with { Connection = connection.ConnectionString }, TimeProvider.System, NullLogger<PostgresDatabase>.Instance);
        using (var store = database.OpenAuditStore())
        {
            store.Append([.. Enumerable.Range(0, 250).Select(static _ => Record())]).Should().AllBeEquivalentTo(AppendResult.Appended);
        }

        var reader = new AuditReader(database);
        var page = reader.Page(new AuditQuery { Limit = limit });
        reader.Page(new AuditQuery { Limit = limit, After = 10 });

        page.Events.Should().HaveCount(Math.Min(limit, 250));
        page.NextBefore.HasValue.Should().Be(limit < 250);
        Volatile.Read(ref cancelled).Should().Be(0);
    }

    public void Dispose()
    {
        _line.Dispose();
        PostgresServer.Shared.Drop(_options);
    }

    private static AuditRecord Record()
    {
        var now = TimeProvider.System.GetUtcNow();
        return AuditRecord.Of(new AuditEvent { Id = Ids.New(now), Time = now, Kind = AuditKinds.Decision, Organisation = "default", AgentId = "01920000-0000-7000-8000-0000000000aa", TraceId = Some.Trace(), Effect = Effects.Deny }, RetentionClass.None);
    }
}
