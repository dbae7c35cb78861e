using System.Security.Cryptography;
using System.Text;
using Dapper;
using Guard.Gateway.Hosting;
using Npgsql;

namespace Guard.Gateway.Storage.Postgres;

/// <summary>
/// Brings the schema <c>guard</c> of a database to this program's version, all steps in one transaction, and gives the
/// running role what it needs and no more.
/// </summary>
internal static class PostgresSchema
{
    // The first number is "GRD1"; the second tells what is locked, see the steps.
    private const string LockSql = "SELECT pg_advisory_xact_lock(1196573745, 1)";

    // {role} is a quoted identifier that the server itself made.
    private const string GrantSql = """
        REVOKE ALL ON ALL TABLES IN SCHEMA guard FROM {role};
        GRANT USAGE ON SCHEMA guard TO {role};
        GRANT SELECT ON schema_version TO {role};
        GRANT SELECT, INSERT ON audit_leaf, audit_lateness, audit_event, audit_erasure, audit_expiry, log_key, organisation, principal, policy_version, bundle, session, session_fact TO {role};
        GRANT SELECT, INSERT, UPDATE ON agent, api_key, policy TO {role};
        GRANT SELECT, INSERT, UPDATE, DELETE ON log_tile, log_head, audit_count, audit_count_state TO {role};
        GRANT SELECT, UPDATE ON store_state TO {role};
        GRANT EXECUTE ON FUNCTION prepare_months(integer, bigint, integer), erase_body(uuid), drop_expired_months() TO {role};
        """;

    private static readonly IReadOnlyList<string> Steps = ["0001_first_schema.sql", "0002_counts.sql", "0003_reading.sql", "0004_one_event.sql"];

    /// <summary>The schema version this program writes.</summary>
    public static int Current => Steps.Count;

    /// <param name="migration">As the owner of the schema.</param>
    /// <param name="running">Whoever works with the store afterwards; may be the same.</param>
    /// <param name="name">Host and database, for messages.</param>
    /// <returns>The version of the server.</returns>
    /// <exception cref="GatewayStartException">The schema belongs to something else or to a newer program, or may not be changed.</exception>
    public static Version Migrate(NpgsqlConnectionStringBuilder migration, NpgsqlConnectionStringBuilder running, string name)
    {
        using var worker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(running.ConnectionString) { Pooling = false }.ConnectionString);
        worker.Open();
        var role = worker.QuerySingle<string>("SELECT quote_ident(current_user)");
        using var connection = new NpgsqlConnection(migration.ConnectionString);
        connection.Open();
        var isOwner = connection.QuerySingle<string>("SELECT quote_ident(current_user)") == role;
        if (isOwner && Find(connection, name) == Current)
        {
            return connection.PostgreSqlVersion;
        }

        using var transaction = connection.BeginTransaction();
        // Of several gateways that start at once, each further one sees the first one's result.
        connection.Execute(LockSql);
        var version = Find(connection, name);
        if (version is null)
        {
            connection.Execute("CREATE SCHEMA guard; CREATE TABLE schema_version (version bigint NOT NULL PRIMARY KEY, step text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());");
        }

        foreach (var (step, number) in Steps.Select(static (step, index) => (step, index + 1)).Skip((int)(version ?? 0)))
        {
            var text = Read(step);
            connection.Execute(text);
            connection.Execute("INSERT INTO schema_version (version, step) VALUES (@number, @digest)", new { number, digest = DigestOf(text) });
        }

        if (version is null)
        {
            connection.Execute("REVOKE ALL ON FUNCTION prepare_months(integer, bigint, integer), erase_body(uuid), drop_expired_months() FROM PUBLIC");
        }

        if (!isOwner)
        {
            connection.Execute(GrantSql.Replace("{role}", role, StringComparison.Ordinal));
        }

        transaction.Commit();
        return connection.PostgreSqlVersion;
    }

    // Null: there is no schema yet.
    private static long? Find(NpgsqlConnection connection, string name)
    {
        if (connection.ExecuteScalar<int>("SELECT count(*) FROM pg_namespace WHERE nspname = 'guard'") == 0)
        {
            return null;
        }

        if (connection.ExecuteScalar<int>("SELECT count(*) FROM pg_tables WHERE schemaname = 'guard' AND tablename = 'schema_version'") == 0)
        {
            throw new GatewayStartException($"The database {name} has a schema `guard` that belongs to another program. Give Guard a database of its own.");
        }

        var version = connection.ExecuteScalar<long>("SELECT max(version) FROM guard.schema_version");
        if (version > Current)
        {
            throw new GatewayStartException($"The database {name} has schema version {version}; this program knows versions up to {Current}. Run the newer Guard that wrote it.");
        }

        RefuseOtherSteps(connection, name);
        return version;
    }

    // A step that was changed after it ran leaves a schema that has the right number and the wrong tables: it would fail at the first event.
    private static void RefuseOtherSteps(NpgsqlConnection connection, string name)
    {
        var hasSteps = connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'guard.schema_version'::regclass AND attname = 'step' AND NOT attisdropped)");
        var applied = hasSteps ? connection.Query<string>("SELECT step FROM guard.schema_version ORDER BY version").AsList() : [];
        if (!hasSteps || !applied.SequenceEqual(Steps.Take(applied.Count).Select(static step => DigestOf(Read(step))), StringComparer.Ordinal))
        {
            throw new GatewayStartException($"The database {name} was made by a Guard from before this schema was settled, and cannot be brought to it. Run that Guard, or give this one a database of its own.");
        }
    }

    private static string DigestOf(string step) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(step)));

    private static string Read(string step)
    {
        using var stream = typeof(PostgresSchema).Assembly.GetManifestResourceStream($"postgres.{step}")
            ?? throw new InvalidOperationException($"The schema step {step} is not part of this program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
