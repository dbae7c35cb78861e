using System.Diagnostics;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Guard.Benchmarks.Throughput;

/// <summary>The yardstick for SQLite: the same rows, each in a transaction of its own, with the same durability and indexes.</summary>
internal static class SqliteRows
{
    /// <param name="database">A record that a gateway has written, not in use; it is copied from and written to.</param>
    /// <param name="seconds">How long.</param>
    public static int Run(string database, double seconds)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={database}");
        connection.Open();
        // As the gateway's writer does it: without the last, each fortieth row would also pay for copying the log.
        connection.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 32000");
        var columns = string.Join(", ", connection.Query<string>("SELECT name FROM pragma_table_info('audit_event') WHERE name NOT IN ('position', 'id', 'trace_id')"));
        using var insert = connection.CreateCommand();
        insert.CommandText = $"INSERT INTO audit_event (id, trace_id, {columns}) SELECT $id, $trace, {columns} FROM audit_event WHERE position = (SELECT max(position) FROM audit_event WHERE kind = 'decision')";
        var id = insert.Parameters.Add("$id", SqliteType.Text);
        var trace = insert.Parameters.Add("$trace", SqliteType.Text);
        var times = new List<long>();
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        for (var began = Stopwatch.GetTimestamp(); began < end; began = Stopwatch.GetTimestamp())
        {
            id.Value = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
            trace.Value = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString();
            insert.ExecuteNonQuery();
            times.Add(Stopwatch.GetTimestamp() - began);
        }

        Console.WriteLine(Measured.Of([.. times], TimeSpan.FromSeconds(seconds)));
        return 0;
    }
}
