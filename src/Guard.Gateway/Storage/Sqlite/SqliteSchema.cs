using Dapper;
using Guard.Gateway.Hosting;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Storage.Sqlite;

/// <summary>Brings a store to the schema of this program, one numbered step after the other, all in one transaction.</summary>
internal static class SqliteSchema
{
    /// <summary>"GRD1": tells a Guard store from any other SQLite file.</summary>
    private const int ApplicationId = 0x47524431;

    private static readonly IReadOnlyList<Step> Steps =
    [
        new("0001_first_schema.sql"),
        new("0002_events_by_time.sql"),
        new("0003_generations_and_scopes.sql"),
        new("0004_leaves.sql", SqliteLeafBackfill.Run),
        new("0005_provable_record.sql"),
        new("0006_session_facts.sql"),
        new("0007_counts.sql"),
        new("0008_retention.sql"),
        new("0009_sessions_by_stretch.sql"),
    ];

    /// <summary>The schema version this program writes.</summary>
    public static int Version => Steps.Count;

    /// <exception cref="GatewayStartException">The file belongs to something else, or to a newer program.</exception>
    public static void Migrate(SqliteConnection connection, string path)
    {
        // The write lock first: of two programs that start at once, the second sees the first one's result.
        using var transaction = WriteTransaction.Begin(connection);
        var version = connection.ExecuteScalar<int>("PRAGMA user_version");
        var application = connection.ExecuteScalar<int>("PRAGMA application_id");
        var tables = connection.ExecuteScalar<int>("SELECT count(*) FROM sqlite_master");
        if (tables > 0 && application != ApplicationId)
        {
            throw new GatewayStartException($"{path} is a database of another program. Give Guard a data directory of its own.");
        }

        if (version > Version)
        {
            throw new GatewayStartException($"The store {path} has schema version {version}; this program knows versions up to {Version}. Run the newer Guard that wrote it.");
        }

        foreach (var step in Steps.Skip(version))
        {
            connection.Execute(Read(step.File));
            step.Then?.Invoke(connection);
        }

        if (version < Version)
        {
            connection.Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {Version};");
        }

        transaction.Commit();
    }

    private static string Read(string step)
    {
        using var stream = typeof(SqliteSchema).Assembly.GetManifestResourceStream($"sqlite.{step}")
            ?? throw new InvalidOperationException($"The schema step {step} is not part of this program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <param name="File">Its SQL.</param>
    /// <param name="Then">What SQL cannot do; null: nothing.</param>
    private sealed record Step(string File, Action<SqliteConnection>? Then = null);
}
