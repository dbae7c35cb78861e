using Dapper;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Sqlite;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Audit;

/// <summary>Events in SQLite: one connection that only the writer uses, one commit per group.</summary>
internal sealed class SqliteAuditStore(SqliteDatabase database) : IAuditStore
{
    private const string PinSql = """
        INSERT OR IGNORE INTO session (agent_id, session_id, workspace_written, workspace_real, pinned_at)
        VALUES (@AgentId, @SessionId, @WorkspaceWritten, @WorkspaceReal, @PinnedAt)
        """;

    private SqliteConnection? _connection;
    private SqliteAuditStatements? _insert;

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        try
        {
            return Commit(records);
        }
        catch
        {
            // After a failure nothing is known about the connection; the next group starts with a new one.
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private AppendResult[] Commit(IReadOnlyList<AuditRecord> records)
    {
        _connection ??= database.Connect();
        _insert ??= SqliteAuditRow.Prepare(_connection);
        var results = new AppendResult[records.Count];
        using var transaction = WriteTransaction.Begin(_connection);
        var generations = _connection.QuerySingle<Generations>(Generations.Sql);
        for (var i = 0; i < records.Count; i++)
        {
            results[i] = records[i].Basis is { } basis && !basis.IsInForce(generations) ? AppendResult.Outdated : SqliteAuditRow.Insert(_connection, _insert, records[i]);
            if (results[i] == AppendResult.Appended && records[i].Pin is { } pin)
            {
                _connection.Execute(PinSql, new { pin.AgentId, pin.SessionId, pin.WorkspaceWritten, pin.WorkspaceReal, PinnedAt = pin.PinnedAt.ToUnixTimeMilliseconds() });
            }
        }

        var recordedTo = results.Contains(AppendResult.Appended) ? SqliteAuditRow.LastPosition(_connection) : 0;
        transaction.Commit();
        database.Changes.Publish(generations);
        database.Changes.PublishRecorded(recordedTo);
        return results;
    }

    private void Close()
    {
        _insert?.Dispose();
        _insert = null;
        _connection?.Dispose();
        _connection = null;
    }
}
