using System.Data.Common;
using Dapper;
using Guard.Gateway.Tests.Stores;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Tests.Proof;

/// <summary>What somebody can do who may write the database, and knows how: triggers are no obstacle.</summary>
internal static class StoreTampering
{
    public static DbConnection Open(TestGateway gateway)
    {
        if (gateway.Options.Postgres is { } postgres)
        {
            return PostgresServer.Shared.Open(postgres);
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = gateway.DatabasePath, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    public static void Run(TestGateway gateway, params string[] statements) => Run(gateway, connection =>
    {
        foreach (var statement in statements)
        {
            connection.Execute(statement);
        }
    });

    public static void Run(TestGateway gateway, Action<DbConnection> work)
    {
        using var connection = Open(gateway);
        if (connection is SqliteConnection)
        {
            connection.Execute("PRAGMA busy_timeout = 10000");
            var triggers = connection.Query<(string Name, string Sql)>("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").AsList();
            foreach (var (name, _) in triggers)
            {
                connection.Execute($"DROP TRIGGER {name}");
            }

            work(connection);
            foreach (var (_, sql) in triggers)
            {
                connection.Execute(sql);
            }

            return;
        }

        // Triggers do not fire for who is a replica.
        connection.Execute("SET session_replication_role = replica");
        work(connection);
    }
}
