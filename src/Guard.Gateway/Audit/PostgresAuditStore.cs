using System.Security.Cryptography;
using System.Text;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Protocol;
using Npgsql;
using NpgsqlTypes;

namespace Guard.Gateway.Audit;

/// <summary>Events in PostgreSQL: one connection that only the writer uses, one statement, one round trip and one commit per group.</summary>
internal sealed class PostgresAuditStore(PostgresDatabase database, NpgsqlDataSource source) : IAuditStore
{
    private const string AppendSql = """
        SELECT state, recorded_to, policies, keys FROM append_events(
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
        """;

    private const int ResourceLength = 500;

    private NpgsqlConnection? _connection;

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        try
        {
            return Store(records);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.CheckViolation)
        {
            // No partition for one of them: the gateway ran on while nobody could make the next months, or its clock was set.
            foreach (var month in records.Select(static record => record.Event.Time).GroupBy(static time => (time.UtcDateTime.Year, time.UtcDateTime.Month)))
            {
                database.PrepareMonths(month.First(), isWaitedFor: true);
            }

            return Store(records);
        }
        catch (PostgresException exception) when (IsAboutContent(exception))
        {
            // What one record holds must not cost the others their commit.
            return OneByOne(records);
        }
    }

    public void Dispose() => Close();

    /// <summary>Appends events; to be sent with the end of the transaction it is in.</summary>
    public static NpgsqlBatchCommand Command(IReadOnlyList<AuditRecord> records)
    {
        var command = new NpgsqlBatchCommand(AppendSql);
        foreach (var parameter in Parameters(records))
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private AppendResult[] OneByOne(IReadOnlyList<AuditRecord> records)
    {
        var results = new AppendResult[records.Count];
        for (var i = 0; i < records.Count; i++)
        {
            try
            {
                results[i] = Store([records[i]])[0];
            }
            catch (PostgresException exception) when (IsAboutContent(exception))
            {
                results[i] = AppendResult.Unstorable;
            }
        }

        return results;
    }

    // A broken connection leaves open whether the group was stored. Trying again settles it: an id that is stored already
    // counts as stored now.
    private AppendResult[] Store(IReadOnlyList<AuditRecord> records)
    {
        var isFresh = _connection is null;
        try
        {
            return Send(records);
        }
        catch (NpgsqlException exception) when (!isFresh && !IsAboutContent(exception))
        {
            Close();
            return Send(records);
        }
    }

    private AppendResult[] Send(IReadOnlyList<AuditRecord> records)
    {
        try
        {
            _connection ??= source.OpenConnection();
            using var command = new NpgsqlCommand(AppendSql, _connection);
            foreach (var parameter in Parameters(records))
            {
                command.Parameters.Add(parameter);
            }

            command.Prepare();
            using var reader = command.ExecuteReader();
            var results = new AppendResult[records.Count];
            var recordedTo = 0L;
            Generations generations = new();
            for (var i = 0; i < results.Length; i++)
            {
                if (!reader.Read())
                {
                    throw new InvalidDataException("The store did not say what became of every event.");
                }

                results[i] = reader.GetInt32(0) switch { 0 => AppendResult.Appended, 1 => AppendResult.Duplicate, _ => AppendResult.Outdated };
                recordedTo = reader.GetInt64(1);
                generations = new Generations { Policies = reader.GetInt64(2), Keys = reader.GetInt64(3) };
            }

            // The end of the answer is the end of the transaction; what comes before it is not yet durable.
            reader.Close();
            database.Changes.Publish(generations);
            database.Changes.PublishRecorded(recordedTo);
            return results;
        }
        catch
        {
            // After a failure nothing is known about the connection; the next group starts with a new one.
            Close();
            throw;
        }
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static bool IsAboutContent(NpgsqlException exception) =>
        exception is PostgresException { SqlState: ['2', '2' or '3', ..] };

    private static IEnumerable<NpgsqlParameter> Parameters(IReadOnlyList<AuditRecord> records)
    {
        yield return Array(NpgsqlDbType.Uuid, static r => Guid.Parse(r.Event.Id));
        yield return Array(NpgsqlDbType.Uuid, static r => Claim(r.Event));
        yield return Array(NpgsqlDbType.Bigint, static r => r.Event.Time.ToUnixTimeMilliseconds());
        yield return Text(static r => r.Event.Kind);
        yield return Text(static r => r.Event.Organisation);
        yield return Text(static r => r.Event.Owner);
        yield return Array(NpgsqlDbType.Uuid, static r => Id(r.Event.AgentId));
        yield return Text(static r => r.Event.AgentName);
        yield return Text(static r => r.Event.SessionId);
        yield return Array(NpgsqlDbType.Uuid, static r => Id(r.Event.TraceId));
        yield return Text(static r => r.Event.ToolUseId);
        yield return Text(static r => r.Event.Tool);
        yield return Text(static r => r.Event.Action);
        yield return Text(static r => Cut(r.Event.Resource));
        yield return Text(static r => r.Event.Effect);
        yield return Text(static r => r.Event.Answer);
        yield return Text(static r => r.Event.Policy);
        yield return Text(static r => r.Event.Rule);
        yield return Text(static r => r.Body);
        yield return Array(NpgsqlDbType.Bigint, static r => r.Basis?.Policies);
        yield return Array(NpgsqlDbType.Bigint, static r => r.Basis?.Keys);
        yield return Array(NpgsqlDbType.Bigint, static r => r.Pin?.PinnedAt.ToUnixTimeMilliseconds());
        yield return Text(static r => r.Pin?.WorkspaceWritten);
        yield return Text(static r => r.Pin?.WorkspaceReal);
        yield return Array(NpgsqlDbType.Bytea, static r => r.Leaf.Commitment.ToArray());
        yield return Array(NpgsqlDbType.Bytea, static r => r.Salt);

        NpgsqlParameter Text(Func<AuditRecord, string?> value) => Array(NpgsqlDbType.Text, record => Storable(value(record)));

        NpgsqlParameter Array<T>(NpgsqlDbType type, Func<AuditRecord, T> value) =>
            new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = records.Select(value).ToArray() };
    }

    /// <summary>What only one event may ever be: the decision of an agent's trace, and its outcome. Null: anything else.</summary>
    private static Guid? Claim(AuditEvent auditEvent) => auditEvent is { Kind: AuditKinds.Decision or AuditKinds.Outcome, TraceId: { } trace }
        ? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{auditEvent.Kind} {auditEvent.AgentId} {trace}")).AsSpan(0, 16))
        : null;

    private static Guid? Id(string? text) => text is null ? null : Guid.Parse(text);

    private static string? Cut(string? text)
    {
        if (text is null || text.Length <= ResourceLength)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[ResourceLength - 1]) ? ResourceLength - 1 : ResourceLength)];
    }

    // PostgreSQL holds no NUL. The whole event stands in its body, where JSON escapes it.
    private static string? Storable(string? text) => text?.Replace('\0', '\uFFFD');
}
