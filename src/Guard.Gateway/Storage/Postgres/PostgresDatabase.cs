using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Guard.Gateway.Storage.Postgres;

/// <summary>A PostgreSQL database that any number of gateways share.</summary>
internal sealed partial class PostgresDatabase : IDatabase
{
    // This month and the ones after it: a database that nobody can make partitions in for a while still takes events.
    private const int MonthsAhead = 4;
    private static readonly TimeSpan PartitionCheck = TimeSpan.FromHours(6);

    private readonly NpgsqlDataSource _work;
    private readonly NpgsqlDataSource _changing;
    private readonly NpgsqlDataSource _reading;
    private readonly PostgresMonitor _monitor;
    private readonly RecordedNotices _notices;
    private readonly ITimer _partitions;
    private readonly Func<IReadOnlyList<int>> _retentions;
    private readonly TimeProvider _clock;
    private readonly ILogger<PostgresDatabase> _logger;

    // Months of retention classes that partitions were made for, and the class that has them: another one where there are too many.
    private readonly ConcurrentDictionary<(int Retention, int Month), int> _prepared = [];

    private PostgresDatabase(NpgsqlConnectionStringBuilder stated, string description, bool allowVolatile, Func<IReadOnlyList<int>> retentions, TimeProvider clock, ILogger<PostgresDatabase> logger)
    {
        _retentions = retentions;
        _clock = clock;
        _logger = logger;
        Description = description;
        _work = NpgsqlDataSource.Create(PostgresConnections.ForWork(stated));
        _changing = NpgsqlDataSource.Create(PostgresConnections.ForChanges(stated));
        _reading = NpgsqlDataSource.Create(PostgresConnections.ForReading(stated));
        PrepareMonths(RetentionClass.None, clock.GetUtcNow(), isWaitedFor: false);
        _notices = new RecordedNotices(NpgsqlDataSource.Create(PostgresConnections.ForNotices(stated)), clock);
        _monitor = new PostgresMonitor(PostgresConnections.ForListening(stated).ConnectionString, allowVolatile, Changes, clock);
        // What fails here is tried again, and a missing month is made when its first event comes.
        _partitions = clock.CreateTimer(_ => TryPrepareMonths(), null, PartitionCheck, PartitionCheck);
    }

    public string Description { get; }

    public SqlDialect Sql { get; } = new()
    {
        EventsByTime = "audit_event",
        EventsByPosition = "audit_event",
        CountsOfJson = """
            json_to_recordset(CAST(@cells AS json))
            AS given (level bigint, slot bigint, dimension text, digest text, subject text COLLATE "C", count bigint, denied bigint, retention_days integer)
            """,
        FirstPosition = "SELECT first_at(@From)",
        LastPosition = "SELECT coalesce(first_at(@To + (SELECT max(lateness) FROM audit_lateness)) - 1, max(position)) FROM audit_leaf",
        PositionsOfSession = null,
        DecisionsOfCall = "agent_id = CAST(@agentId AS uuid) AND session_id = @sessionId AND tool_use_id = @toolUseId AND kind = 'decision'",
        ChoosesIndexes = true,
        Answer = "answer",
        Resource = "resource",
        AgentId = "agent_id::text",
        CallColumns = "answer AS Answer, resource AS Resource",
        EraseBody = "SELECT erase_body(CAST(@id AS uuid))",
        DropsMonths = "SELECT drop_expired_months()",
        RetentionClasses = "SELECT CAST(substring(relname FROM 13) AS integer) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid WHERE inhparent = CAST('audit_event' AS regclass)",
        ServerTime = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
        LockPolicies = "SELECT pg_advisory_xact_lock(1196573745, 4)",
        HasUuids = true,
    };

    public ChangeFeed Changes { get; } = new();

    public StoreOutage? Outage => _monitor.Outage;

    /// <summary>Connects, brings the schema up to date and begins to listen.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="clock">By which partitions are made ahead.</param>
    /// <param name="logger">Hears of partitions that could not be made.</param>
    /// <param name="retentions">Those that policies in force state, the shortest first; null: there are no policies.</param>
    /// <exception cref="GatewayStartException">The database cannot be reached or is not Guard's.</exception>
    public static PostgresDatabase Open(PostgresOptions options, TimeProvider clock, ILogger<PostgresDatabase> logger, Func<IReadOnlyList<int>>? retentions = null)
    {
        var stated = PostgresConnections.Parse(options.Connection);
        var name = PostgresConnections.Name(stated);
        try
        {
            CheckDurability(options, stated, name);
            var migration = options.MigrationConnection is { } own ? PostgresConnections.Parse(own) : stated;
            var version = PostgresSchema.Migrate(PostgresConnections.ForMigration(migration), PostgresConnections.ForWork(stated), name);
            return new PostgresDatabase(stated, $"PostgreSQL {version} {name}", options.AllowVolatile, retentions ?? (static () => []), clock, logger);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new GatewayStartException($"The database {name} has to be brought up to date, and the role may not do that ({PostgresConnections.Reason(exception)}). Name the connection of the role that owns it with --migration-database-file.", exception);
        }
        catch (DbException exception)
        {
            throw new GatewayStartException($"The database {name} cannot be used: {PostgresConnections.Reason(exception)}. Check host, database, role and TLS settings, and that the server runs.", exception);
        }
    }

    public DbConnection Connect() => _work.OpenConnection();

    public T Read<T>(Func<DbConnection, T> work)
    {
        using var connection = _reading.OpenConnection();
        using var transaction = connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        return work(connection);
    }

    public T Write<T>(Func<StoreWrite, T> work)
    {
        using var connection = _changing.OpenConnection();
        // Undone by the pool if this does not get to its end.
        connection.Execute("BEGIN TRANSACTION");
        var write = new StoreWrite(connection, RetentionClass.Longest(_retentions()));
        var result = work(write);
        Finish(connection, write);
        return result;
    }

    public void WriteOne(string sql, object parameters)
    {
        using var connection = _work.OpenConnection();
        connection.Execute(sql, parameters);
    }

    /// <summary>Tells this gateway and the others what a commit of this one has said.</summary>
    /// <param name="generations">In force at it.</param>
    /// <param name="recordedTo">The last position; 0: it recorded nothing.</param>
    public void Publish(Generations generations, long recordedTo)
    {
        Changes.Publish(generations);
        if (recordedTo > 0)
        {
            Changes.PublishRecorded(recordedTo);
            _notices.Recorded(recordedTo);
        }
    }

    public IAuditStore OpenAuditStore() => new PostgresAuditStore(this, _work);

    public IStoreUpkeep Upkeep(TimeProvider clock, ILoggerFactory loggers) => new NoUpkeep();

    public string? ProbeWrite()
    {
        try
        {
            using var connection = _work.OpenConnection();
            connection.Execute("SELECT pg_current_xact_id()");
            return null;
        }
        catch (DbException exception)
        {
            return PostgresConnections.Reason(exception);
        }
    }

    public void PrepareRetentions()
    {
        try
        {
            foreach (var retention in _retentions())
            {
                var now = _clock.GetUtcNow();
                if (!_prepared.ContainsKey((retention, MonthOf(now))))
                {
                    PrepareMonths(retention, now, isWaitedFor: false);
                }
            }
        }
        catch (DbException exception)
        {
            LogNotPrepared(exception);
        }
    }

    /// <summary>Makes the partitions for events whose ids are of <paramref name="time"/> and later.</summary>
    /// <param name="retention">Their class.</param>
    /// <param name="time">Of the first event's id.</param>
    /// <param name="isWaitedFor">Decisions wait for it; else it may take the server as long as a busy one needs.</param>
    /// <returns>The class that they are kept as: where there are too many already, the next longer one.</returns>
    public int PrepareMonths(int retention, DateTimeOffset time, bool isWaitedFor)
    {
        using var connection = (isWaitedFor ? _work : _reading).OpenConnection();
        var keptAs = connection.ExecuteScalar<int>("SELECT prepare_months(@retention, @first, @months)", new { retention, first = time.ToUnixTimeMilliseconds(), months = MonthsAhead });
        for (var month = MonthOf(time); month < MonthOf(time) + MonthsAhead; month++)
        {
            _prepared[(retention, month)] = keptAs;
        }

        if (keptAs != retention)
        {
            LogTooManyClasses(retention, keptAs == RetentionClass.None ? "until somebody ends it" : $"for {keptAs} days");
        }

        return keptAs;
    }

    /// <summary>The records as this store keeps them, with the partitions for them made where none were yet.</summary>
    public IReadOnlyList<AuditRecord> WithRoom(IReadOnlyList<AuditRecord> records)
    {
        AuditRecord[]? changed = null;
        for (var i = 0; i < records.Count; i++)
        {
            var retention = records[i].Leaf.RetentionDays;
            var time = Ids.TimeOf(records[i].Event.Id);
            if (!_prepared.TryGetValue((retention, MonthOf(time)), out var keptAs))
            {
                keptAs = PrepareMonths(retention, time, isWaitedFor: true);
            }

            if (keptAs != retention)
            {
                changed ??= [.. records];
                changed[i] = records[i].Kept(keptAs);
            }
        }

        return changed ?? records;
    }

    /// <summary>The record as this store keeps it; null: partitions for it have to be made first.</summary>
    public AuditRecord? InRoom(AuditRecord record) =>
        _prepared.TryGetValue((record.Leaf.RetentionDays, MonthOf(Ids.TimeOf(record.Event.Id))), out var keptAs) ? record.Kept(keptAs) : null;

    public void Dispose()
    {
        _partitions.Dispose();
        _notices.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _monitor.Dispose();
        _work.Dispose();
        _changing.Dispose();
        _reading.Dispose();
    }

    private static void CheckDurability(PostgresOptions options, NpgsqlConnectionStringBuilder stated, string name)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(PostgresConnections.ForWork(stated).ConnectionString) { Pooling = false }.ConnectionString);
        connection.Open();
        if (!options.AllowVolatile && PostgresDurability.Refusal(connection) is { } refusal)
        {
            throw new GatewayStartException($"The server of the database {name} {refusal}.");
        }
    }

    // INVARIANT (nobody waits for a gateway that stops): the append takes the lock that orders all gateways, and the commit
    // that releases it is sent with it.
    private void Finish(NpgsqlConnection connection, StoreWrite write)
    {
        using var batch = new NpgsqlBatch(connection);
        if (write.Records.Count > 0)
        {
            batch.BatchCommands.Add(PostgresAuditStore.Command(WithRoom(write.Records)));
        }

        foreach (var statement in write.Last)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        }

        if (write.ChangesPolicies || write.ChangesKeys)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE store_state SET policies = policies + $1, keys = keys + $2")
            {
                Parameters = { new NpgsqlParameter { Value = write.ChangesPolicies ? 1L : 0L }, new NpgsqlParameter { Value = write.ChangesKeys ? 1L : 0L } },
            });
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT pg_notify('guard', 'changes')"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(Generations.Sql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("COMMIT"));
        using var reader = batch.ExecuteReader();
        var recordedTo = 0L;
        Generations? generations = null;
        do
        {
            while (reader.Read())
            {
                if (reader.FieldCount == 4)
                {
                    recordedTo = reader.GetInt64(1);
                }
                else if (reader.FieldCount == 2)
                {
                    generations = new Generations { Policies = reader.GetInt64(0), Keys = reader.GetInt64(1) };
                }
            }
        }
        while (reader.NextResult());

        Publish(generations ?? throw new InvalidDataException("The store has no state."), recordedTo);
    }

    private static int MonthOf(DateTimeOffset time) => (time.UtcDateTime.Year * 12) + time.UtcDateTime.Month;

    private void TryPrepareMonths()
    {
        try
        {
            foreach (var retention in (IEnumerable<int>)[RetentionClass.None, .. _retentions()])
            {
                PrepareMonths(retention, _clock.GetUtcNow(), isWaitedFor: false);
            }
        }
        catch (DbException exception)
        {
            LogNotPrepared(exception);
        }
    }

    [LoggerMessage(EventId = 6101, Level = LogLevel.Error, Message = "The partitions of the next months could not be made; it is tried again in six hours, and when an event needs one")]
    private partial void LogNotPrepared(Exception exception);

    [LoggerMessage(EventId = 6102, Level = LogLevel.Warning, Message = "The record has 64 retentions and takes no other one: events that are to be kept for {Days} days are kept {Instead}")]
    private partial void LogTooManyClasses(int days, string instead);
}
