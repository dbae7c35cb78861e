using Dapper;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Tests.Stores;
using Npgsql;

namespace Guard.Gateway.Tests.Storage;

/// <summary>What an operator states of a database, and what is added to it.</summary>
public sealed class PostgresConnectionsTests
{
    /// <summary>Npgsql's own 15 s are longer than a decision may take: the writer would wait for a connection when everybody has been denied.</summary>
    [Theory]
    [InlineData("Host=db.example;Database=guard", 3)]
    [InlineData("Host=db.example;Database=guard;Timeout=7", 7)]
    [InlineData("host=db.example;database=guard;timeout=15", 15)]
    public void Connection_WithoutATimeout_IsOpenedWithinADecisionsTime(string stated, int seconds)
    {
        var parsed = PostgresConnections.Parse(stated);

        PostgresConnections.ForWork(parsed).Timeout.Should().Be(seconds);
        PostgresConnections.ForChanges(parsed).Timeout.Should().Be(seconds);
        PostgresConnections.ForReading(parsed).Timeout.Should().Be(seconds);
    }

    /// <summary>Tried first, it can leave the try after it without a time-out: a gateway whose database hangs would then never stop.</summary>
    [Theory]
    [InlineData("Host=db.example;Database=guard", GssEncryptionMode.Disable)]
    [InlineData("Host=db.example;Database=guard;GSS Encryption Mode=Require", GssEncryptionMode.Require)]
    [InlineData("Host=db.example;Database=guard;gssencryptionmode=prefer", GssEncryptionMode.Prefer)]
    public void Connection_WhereNothingIsStatedOfGssEncryption_DoesWithoutIt(string stated, GssEncryptionMode mode)
    {
        var parsed = PostgresConnections.Parse(stated);

        PostgresConnections.ForWork(parsed).GssEncryptionMode.Should().Be(mode);
        PostgresConnections.ForMigration(parsed).GssEncryptionMode.Should().Be(mode);
        PostgresConnections.ForListening(parsed).GssEncryptionMode.Should().Be(mode);
        PostgresConnections.ForNotices(parsed).GssEncryptionMode.Should().Be(mode);
    }

    /// <summary>To start processes for a statement takes a hundred times as long as any of the gateway's statements would gain by them.</summary>
    [Theory]
    [InlineData("", "0")]
    [InlineData("-c max_parallel_workers_per_gather=3", "3")]
    public void Connection_WhereNothingIsStatedOfParallelWorkers_DoesWithoutThem(string stated, string workers)
    {
        var builder = new NpgsqlConnectionStringBuilder(PostgresServer.Shared.CreateDatabase().Connection) { Options = stated };
        foreach (var made in new[] { PostgresConnections.ForWork(builder), PostgresConnections.ForChanges(builder), PostgresConnections.ForReading(builder) })
        {
            using var connection = new NpgsqlConnection(made.ConnectionString);
            connection.Open();

            connection.QuerySingle<string>("SHOW max_parallel_workers_per_gather").Should().Be(workers);
        }
    }
}
