using Dapper;
using Guard.Protocol;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Guard.Gateway.Audit;

/// <summary>Writes audit rows into SQLite, inside the transaction of whoever changes something.</summary>
internal static class SqliteAuditRow
{
    private const int ConstraintViolated = 19;
    private const int UniqueViolated = 2067;

    private const string InsertSql = """
        INSERT INTO audit_event (id, time, kind, organisation, owner, agent_id, agent_name, session_id, trace_id, tool_use_id, tool, action, effect, policy, rule, body, salt, retention_days)
        VALUES ($id, $time, $kind, $organisation, $owner, $agent_id, $agent_name, $session_id, $trace_id, $tool_use_id, $tool, $action, $effect, $policy, $rule, $body, $salt, $retention_days)
        """;

    private const string LeafSql = "INSERT INTO audit_leaf (position, id, commitment, retention_days) VALUES ($position, $id, $commitment, $retention_days)";

    private static readonly (string Parameter, Func<AuditRecord, object?> Value)[] Columns =
    [
        ("$id", static r => r.Event.Id),
        ("$time", static r => r.Event.Time.ToUnixTimeMilliseconds()),
        ("$kind", static r => r.Event.Kind),
        ("$organisation", static r => r.Event.Organisation),
        ("$owner", static r => r.Event.Owner),
        ("$agent_id", static r => r.Event.AgentId),
        ("$agent_name", static r => r.Event.AgentName),
        ("$session_id", static r => r.Event.SessionId),
        ("$trace_id", static r => r.Event.TraceId),
        ("$tool_use_id", static r => r.Event.ToolUseId),
        ("$tool", static r => r.Event.Tool),
        ("$action", static r => r.Event.Action),
        ("$effect", static r => r.Event.Effect),
        ("$policy", static r => r.Event.Policy),
        ("$rule", static r => r.Event.Rule),
        ("$body", static r => r.Body),
        ("$salt", static r => r.Salt),
        ("$retention_days", static r => r.Leaf.RetentionDays),
    ];

    /// <summary>Prepared statements for many rows.</summary>
    public static SqliteAuditStatements Prepare(SqliteConnection connection)
    {
        var insert = connection.CreateCommand();
        insert.CommandText = InsertSql;
        foreach (var (parameter, _) in Columns)
        {
            insert.Parameters.Add(new SqliteParameter(parameter, SqliteType.Text));
        }

        insert.Parameters["$time"].SqliteType = SqliteType.Integer;
        insert.Parameters["$salt"].SqliteType = SqliteType.Blob;
        insert.Parameters["$retention_days"].SqliteType = SqliteType.Integer;
        var leaf = connection.CreateCommand();
        leaf.CommandText = LeafSql;
        leaf.Parameters.Add(new SqliteParameter("$position", SqliteType.Integer));
        leaf.Parameters.Add(new SqliteParameter("$id", SqliteType.Text));
        leaf.Parameters.Add(new SqliteParameter("$commitment", SqliteType.Blob));
        leaf.Parameters.Add(new SqliteParameter("$retention_days", SqliteType.Integer));
        return new SqliteAuditStatements(insert, leaf);
    }

    /// <summary>The event with its leaf. A violated uniqueness undoes the event's statement alone; the transaction goes on.</summary>
    public static AppendResult Insert(SqliteConnection connection, SqliteAuditStatements prepared, AuditRecord record)
    {
        if (record.MayBeStored && connection.ExecuteScalar<bool>("SELECT EXISTS (SELECT 1 FROM audit_leaf WHERE id = @Id)", new { record.Event.Id }))
        {
            return AppendResult.Appended;
        }

        for (var i = 0; i < Columns.Length; i++)
        {
            prepared.Event.Parameters[i].Value = Columns[i].Value(record) ?? DBNull.Value;
        }

        try
        {
            prepared.Event.ExecuteNonQuery();
        }
        catch (SqliteException exception) when (IsDuplicate(exception, record.Event.Kind))
        {
            return AppendResult.Duplicate;
        }

        prepared.Leaf.Parameters[0].Value = LastPosition(connection);
        prepared.Leaf.Parameters[1].Value = record.Event.Id;
        prepared.Leaf.Parameters[2].Value = record.Leaf.Commitment.ToArray();
        prepared.Leaf.Parameters[3].Value = record.Leaf.RetentionDays;
        prepared.Leaf.ExecuteNonQuery();
        return AppendResult.Appended;
    }

    /// <summary>The rows of an administrative change, in its transaction.</summary>
    /// <returns>The last position; 0: there are none.</returns>
    public static long Insert(SqliteConnection connection, IReadOnlyList<AuditRecord> records)
    {
        if (records.Count == 0)
        {
            return 0;
        }

        using var statements = Prepare(connection);
        foreach (var record in records)
        {
            Insert(connection, statements, record);
        }

        return LastPosition(connection);
    }

    /// <summary>Of the last row this connection has written.</summary>
    public static long LastPosition(SqliteConnection connection) => raw.sqlite3_last_insert_rowid(connection.Handle);

    // Only decisions and outcomes can collide with what an agent sent; anywhere else a violation is a defect and must be loud.
    private static bool IsDuplicate(SqliteException exception, string kind) =>
        exception.SqliteErrorCode == ConstraintViolated
        && exception.SqliteExtendedErrorCode == UniqueViolated
        && kind is AuditKinds.Decision or AuditKinds.Outcome;
}

/// <summary>How an event and its leaf are inserted; belongs to a connection.</summary>
internal sealed record SqliteAuditStatements(SqliteCommand Event, SqliteCommand Leaf) : IDisposable
{
    public void Dispose()
    {
        Event.Dispose();
        Leaf.Dispose();
    }
}
