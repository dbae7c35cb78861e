using System.Diagnostics.CodeAnalysis;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Npgsql;

namespace Guard.Gateway.Audit;

/// <summary>Events in PostgreSQL: one connection that only the writer uses, one statement, one round trip and one commit per group.</summary>
internal sealed class PostgresAuditStore(PostgresDatabase database, NpgsqlDataSource source) : IAuditStore
{
    private const string AppendSql = """
        SELECT states, recorded_to, policies, keys FROM append_events(
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27)
        """;

    // Only by the writer, and only as long as nothing failed on them.
    private NpgsqlConnection? _connection;
    private NpgsqlCommand? _append;

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> given)
    {
        var records = database.WithRoom(given);
        try
        {
            return Store(records);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.CheckViolation)
        {
            // A partition is gone: the month of one of them has expired.
            foreach (var month in records.Select(static record => (record.Leaf.RetentionDays, Time: Ids.TimeOf(record.Event.Id))).GroupBy(static of => (of.RetentionDays, of.Time.UtcDateTime.Year, of.Time.UtcDateTime.Month)))
            {
                database.PrepareMonths(month.Key.RetentionDays, month.First().Time, isWaitedFor: true);
            }

            return Store(records);
        }
        catch (PostgresException exception) when (IsAboutContent(exception))
        {
            // What one record holds must not cost the others their commit.
            return OneByOne(records);
        }
    }

    // What can go wrong with it is left to those who may wait: opening the connection, making partitions, trying again.
    public bool TryAppendAlone(AuditRecord record, [NotNullWhen(true)] out Task<AppendResult>? append)
    {
        append = _append is { } command && database.InRoom(record) is { } kept ? SendAsync(command, [kept]) : null;
        return append is not null;
    }

    public void Dispose() => Close();

    /// <summary>Appends events; to be sent with the end of the transaction it is in.</summary>
    public static NpgsqlBatchCommand Command(IReadOnlyList<AuditRecord> records)
    {
        var command = new NpgsqlBatchCommand(AppendSql);
        foreach (var column in PostgresAuditColumns.All)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = column.Type, Value = column.Values(records) });
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
            var append = _append ??= Prepare();
            Give(append, records);
            using var reader = append.ExecuteReader();
            var answer = reader.Read() ? AppendAnswer.Of(reader, records.Count) : throw NoAnswer();
            // The end of the answer is the end of the transaction; what comes before it is not yet durable.
            reader.Close();
            database.Publish(answer.InForce, answer.RecordedTo);
            return answer.Results;
        }
        catch
        {
            // After a failure nothing is known about the connection; the next group starts with a new one.
            Close();
            throw;
        }
    }

    private async Task<AppendResult> SendAsync(NpgsqlCommand append, IReadOnlyList<AuditRecord> records)
    {
        try
        {
            Give(append, records);
            AppendAnswer answer;
            await using (var reader = await append.ExecuteReaderAsync())
            {
                answer = await reader.ReadAsync() ? AppendAnswer.Of(reader, records.Count) : throw NoAnswer();
                await reader.CloseAsync();
            }

            database.Publish(answer.InForce, answer.RecordedTo);
            return answer.Results[0];
        }
        catch
        {
            Close();
            throw;
        }
    }

    private static void Give(NpgsqlCommand append, IReadOnlyList<AuditRecord> records)
    {
        for (var i = 0; i < PostgresAuditColumns.All.Count; i++)
        {
            append.Parameters[i].Value = PostgresAuditColumns.All[i].Values(records);
        }
    }

    private static InvalidDataException NoAnswer() => new("The store did not say what became of the events.");

    private NpgsqlCommand Prepare()
    {
        _connection ??= source.OpenConnection();
        var append = new NpgsqlCommand(AppendSql, _connection);
        foreach (var column in PostgresAuditColumns.All)
        {
            append.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = column.Type });
        }

        append.Prepare();
        return append;
    }

    private void Close()
    {
        _append?.Dispose();
        _append = null;
        _connection?.Dispose();
        _connection = null;
    }

    private static bool IsAboutContent(NpgsqlException exception) =>
        exception is PostgresException { SqlState: ['2', '2' or '3', ..] };
}

/// <summary>What append_events says of a group.</summary>
/// <param name="Results">Of each record, in order.</param>
/// <param name="RecordedTo">The last position.</param>
/// <param name="InForce">At the commit.</param>
internal sealed record AppendAnswer(AppendResult[] Results, long RecordedTo, Generations InForce)
{
    /// <exception cref="InvalidDataException">It does not speak of every event.</exception>
    public static AppendAnswer Of(NpgsqlDataReader reader, int count)
    {
        var states = reader.IsDBNull(0) ? null : reader.GetFieldValue<int[]>(0);
        if (states is not null && states.Length != count)
        {
            throw new InvalidDataException("The store did not say what became of every event.");
        }

        // Null is the usual case: all of them are stored.
        var results = new AppendResult[count];
        for (var i = 0; i < states?.Length; i++)
        {
            results[i] = states[i] switch { 0 => AppendResult.Appended, 1 => AppendResult.Duplicate, _ => AppendResult.Outdated };
        }

        return new AppendAnswer(results, reader.GetInt64(1), new Generations { Policies = reader.GetInt64(2), Keys = reader.GetInt64(3) });
    }
}
