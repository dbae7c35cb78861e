using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Proof;
using Guard.Proof.Leaves;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Storage.Sqlite;

/// <summary>
/// Commits to the events that older versions stored, so that the log begins with the first event there is. It proves that they
/// have not changed since; what happened to them before, nothing can prove any more.
/// </summary>
internal static class SqliteLeafBackfill
{
    private const int ChunkSize = 1_000;

    public static void Run(SqliteConnection connection)
    {
        var last = 0L;
        while (true)
        {
            var rows = connection.Query<Row>("SELECT position AS Position, id AS Id, body AS Body FROM audit_event WHERE position > @last ORDER BY position LIMIT @ChunkSize", new { last, ChunkSize }).AsList();
            if (rows.Count == 0)
            {
                return;
            }

            foreach (var row in rows)
            {
                Commit(connection, row);
                last = row.Position;
            }
        }
    }

    private static void Commit(SqliteConnection connection, Row row)
    {
        try
        {
            var body = Exact(row.Body);
            var salt = RandomNumberGenerator.GetBytes(EventLeaf.SaltLength);
            var leaf = EventLeaf.Commit(Guid.Parse(row.Id), Encoding.UTF8.GetBytes(body), salt);
            connection.Execute("UPDATE audit_event SET body = @body, salt = @salt WHERE position = @Position", new { body, salt, row.Position });
            connection.Execute("INSERT INTO audit_leaf (position, id, commitment) VALUES (@Position, @Id, @commitment)", new { row.Position, row.Id, commitment = leaf.Commitment.ToArray() });
        }
        catch (Exception exception) when (exception is ProofFormatException or JsonException or FormatException)
        {
            throw new GatewayStartException($"The event at position {row.Position} cannot be read, so the record cannot be brought up to date: {exception.Message} Restore the store from a backup.", exception);
        }
    }

    // Older versions kept numbers that the canonical form cannot hold.
    private static string Exact(string body)
    {
        using var document = JsonDocument.Parse(body);
        return ExactNumbers.IsExact(document.RootElement) ? body : ExactNumbers.Of(document.RootElement).GetRawText();
    }

    private sealed record Row
    {
        public long Position { get; init; }
        public string Id { get; init; } = "";
        public string Body { get; init; } = "";
    }
}
