using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Tests.Network;
using Npgsql;

namespace Guard.Gateway.Tests.Stores;

/// <summary>
/// A real PostgreSQL in a folder of its own, run by an ordinary account. It ends with the process that started it, however
/// that one ends.
/// </summary>
internal sealed class PostgresServer : IDisposable
{
    private static readonly Lazy<PostgresServer> SharedServer = new(static () => new PostgresServer(durable: false));

    private readonly string _folder;
    private readonly int _port;
    private readonly string _address;
    private readonly Process _keeper;
    private readonly ConcurrentBag<PostgresOptions> _free = [];

    /// <param name="durable">Whether its commits survive a power cut. What only needs a database is quicker without.</param>
    /// <param name="folder">An empty folder for its data; null: one of its own.</param>
    /// <param name="host">Where it runs; null: on this machine itself. Its Unix socket can be reached from everywhere.</param>
    public PostgresServer(bool durable, string? folder = null, NetworkHost? host = null)
    {
        _port = FreePort();
        _address = host?.Address ?? "127.0.0.1";
        _folder = folder ?? Directory.CreateTempSubdirectory("guard-pg-").FullName;
        string[] script = [Path.Combine(AppContext.BaseDirectory, "Stores", "postgres.sh"), Binaries(), _folder, _port.ToString(CultureInfo.InvariantCulture), durable ? "on" : "off", _address];
        var start = host?.Run("/bin/sh", script) ?? new ProcessStartInfo("/bin/sh", script) { UseShellExecute = false };
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _keeper = Process.Start(start)!;
        Answer("ready");
    }

    /// <summary>The server that most tests share; each of them has databases of its own in it.</summary>
    public static PostgresServer Shared => SharedServer.Value;

    /// <summary>An empty database. Making one takes the server a second, so they are used again.</summary>
    public PostgresOptions CreateDatabase()
    {
        if (_free.TryTake(out var free))
        {
            return free;
        }

        var name = "guard_" + Guid.NewGuid().ToString("N");
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Connection("postgres")) { Pooling = false }.ConnectionString);
        connection.Open();
        connection.Execute($"CREATE DATABASE {name}");
        return new PostgresOptions { Connection = Connection(name), AllowVolatile = true };
    }

    /// <summary>Empties it for the next test.</summary>
    public void Drop(PostgresOptions options)
    {
        options = options with { Connection = options.MigrationConnection ?? options.Connection, MigrationConnection = null };
        using (var connection = Open(options))
        {
            connection.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            connection.Execute("DROP SCHEMA IF EXISTS guard CASCADE");
        }

        _free.Add(options);
    }

    /// <summary>For the role that owns everything, over the Unix socket or over TCP.</summary>
    public string Connection(string database, bool tcp = false) =>
        new NpgsqlConnectionStringBuilder { Host = tcp ? _address : _folder, Port = _port, Database = database, Username = "guard_test" }.ConnectionString;

    /// <summary>Ends all connections in order and starts again.</summary>
    public void Restart() => Tell("restart", "restarted");

    public void Stop() => Tell("stop", "stopped");

    public void Start() => Tell("start", "started");

    /// <summary>Starts it if it has ended, as it does when it cannot write its log.</summary>
    public void Revive() => Tell("revive", "revived");

    /// <summary>SIGKILL to the server and all its processes, as when the machine takes them away.</summary>
    public void Kill() => Tell("kill", "killed");

    /// <summary>SIGSTOP to the server and all its processes: it takes connections and bytes and answers nothing.</summary>
    public void Suspend() => Tell("suspend", "suspended");

    public void Resume() => Tell("resume", "resumed");

    /// <summary>Where it listens for TCP.</summary>
    public int Port => _port;

    public NpgsqlConnection Open(PostgresOptions options)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.Connection) { SearchPath = "guard", Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        _keeper.StandardInput.Close();
        _keeper.WaitForExit();
        _keeper.Dispose();
    }

    private void Tell(string command, string answer)
    {
        _keeper.StandardInput.WriteLine(command);
        _keeper.StandardInput.Flush();
        Answer(answer);
    }

    private void Answer(string expected)
    {
        var line = _keeper.StandardOutput.ReadLine();
        if (line != expected)
        {
            throw new InvalidOperationException($"PostgreSQL did not get {expected}: {line} {_keeper.StandardError.ReadToEnd()}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Binaries() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin")).Where(static bin => File.Exists(Path.Combine(bin, "initdb"))).Order(StringComparer.Ordinal).Last()
        : throw new InvalidOperationException("PostgreSQL is not installed; eng/install-test-tools.sh installs it.");
}
