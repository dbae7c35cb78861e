using System.Data.Common;
using Guard.Gateway.Hosting;
using Guard.Protocol;
using Npgsql;

namespace Guard.Gateway.Storage.Postgres;

/// <summary>Turns what the operator stated into connections that all have the same guarantees and limits.</summary>
internal static class PostgresConnections
{
    public const string SchemaName = "guard";

    // No statement of a gateway reads so much that processes for it would pay: the server takes them for statistics of a day, and to start
    // them takes a hundred times as long as the statement. Whoever states otherwise is heard.
    private const string NoParallelWorkers = "-c max_parallel_workers_per_gather=0";

    // Below the audit writer's deadline, so that a writer that waits still answers in time.
    private const int ConnectSeconds = 3;
    private const int ShortSeconds = 4;
    private const int ChangeSeconds = 10;
    private const int LongSeconds = 60;
    private const int CancelMilliseconds = 500;

    /// <exception cref="GatewayStartException">It is not a connection string that names a host and a database.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string connection)
    {
        var builder = Read(connection) ?? throw new GatewayStartException("The database is not a connection string. It looks like `Host=db.example;Database=guard;Username=guard;SSL Mode=VerifyFull`.");
        return builder.Host is { Length: > 0 } && builder.Database is { Length: > 0 }
            ? builder
            : throw new GatewayStartException("The database needs at least a host and a name: `Host=db.example;Database=guard;Username=guard`.");
    }

    // Null: it is none. What is wrong with it is not repeated: that can quote a part of it, which can be a password.
    private static NpgsqlConnectionStringBuilder? Read(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Host and database, for people.</summary>
    public static string Name(NpgsqlConnectionStringBuilder stated) =>
        DisplayText.Clean($"{stated.Host}{(stated.Port == NpgsqlConnection.DefaultPort ? "" : $":{stated.Port}")}/{stated.Database}", 200);

    /// <summary>For decisions: every statement ends in time, and a transaction that is left alone is undone.</summary>
    public static NpgsqlConnectionStringBuilder ForWork(NpgsqlConnectionStringBuilder stated) =>
        With(stated, ShortSeconds, $"-c statement_timeout={ShortSeconds}s -c idle_in_transaction_session_timeout=5s -c synchronous_commit=on");

    /// <summary>For changes of policies, agents and keys, which wait for each other: no agent waits for them.</summary>
    public static NpgsqlConnectionStringBuilder ForChanges(NpgsqlConnectionStringBuilder stated) =>
        With(stated, ChangeSeconds, $"-c statement_timeout={ChangeSeconds}s -c idle_in_transaction_session_timeout=5s -c synchronous_commit=on");

    /// <summary>For lists, statistics and exports, which may take longer.</summary>
    public static NpgsqlConnectionStringBuilder ForReading(NpgsqlConnectionStringBuilder stated) =>
        With(stated, LongSeconds, $"-c statement_timeout={LongSeconds}s -c idle_in_transaction_session_timeout=60s");

    /// <summary>For schema steps, which wait for the gateway that was first and may rewrite tables.</summary>
    public static NpgsqlConnectionStringBuilder ForMigration(NpgsqlConnectionStringBuilder stated)
    {
        var builder = With(stated, seconds: 0, "-c statement_timeout=0");
        builder.Pooling = false;
        return builder;
    }

    /// <summary>For the listener, which must notice soon that the other end is gone.</summary>
    public static NpgsqlConnectionStringBuilder ForListening(NpgsqlConnectionStringBuilder stated)
    {
        var builder = With(stated, seconds: 2, "-c statement_timeout=2s -c synchronous_commit=on");
        builder.Pooling = false;
        builder.Timeout = 2;
        return builder;
    }

    /// <summary>For notices, which change nothing that would have to survive a power cut.</summary>
    public static NpgsqlConnectionStringBuilder ForNotices(NpgsqlConnectionStringBuilder stated)
    {
        var builder = With(stated, ShortSeconds, $"-c statement_timeout={ShortSeconds}s -c synchronous_commit=off");
        builder.MaxPoolSize = 1;
        builder.MinPoolSize = 0;
        return builder;
    }

    /// <summary>One line without addresses and without what was sent.</summary>
    public static string Reason(Exception exception) => DisplayText.Clean(
        exception switch
        {
            PostgresException refused => $"PostgreSQL says {refused.SqlState}: {refused.MessageText}",
            DbException { InnerException: { } inner } => $"{exception.Message} {inner.Message}",
            _ => exception.Message,
        },
        500);

    private static NpgsqlConnectionStringBuilder With(NpgsqlConnectionStringBuilder stated, int seconds, string options)
    {
        var builder = new NpgsqlConnectionStringBuilder(stated.ConnectionString)
        {
            ApplicationName = stated.ApplicationName ?? "guard-gateway",
            SearchPath = SchemaName,
            CommandTimeout = seconds,
            CancellationTimeout = CancelMilliseconds,
            Enlist = false,
            Options = $"{NoParallelWorkers} {stated.Options} {options}",
        };
        if (!States(stated, nameof(stated.Timeout)))
        {
            builder.Timeout = ConnectSeconds;
        }

        // Npgsql's own choice is to try it first. Where the server does not answer, the second try without it sometimes has no time-out
        // at all (npgsql/npgsql#6655): a connection that is opened then waits for ever.
        if (!States(stated, "GSS Encryption Mode"))
        {
            builder.GssEncryptionMode = GssEncryptionMode.Disable;
        }

        return builder;
    }

    // Npgsql's builder says yes to every word that it knows.
    private static bool States(NpgsqlConnectionStringBuilder stated, string word) => new DbConnectionStringBuilder { ConnectionString = stated.ConnectionString }.ContainsKey(word);
}
