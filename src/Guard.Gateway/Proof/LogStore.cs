using System.Data.Common;
using Dapper;
using Guard.Gateway.Audit.RollUps;
using Guard.Gateway.Storage;
using Guard.Proof.Log;
using Guard.Proof.Tree;

namespace Guard.Gateway.Proof;

/// <summary>The log's tables: leaves that the record's writers add, and tiles, head and keys that the sequencer makes of them.</summary>
internal sealed class LogStore(IDatabase database)
{
    private readonly RollUpStore _rollUps = new(database);

    private const string HeadSql = "SELECT size AS Size, position AS Position, note AS Note, signed_at AS SignedAt FROM log_head WHERE id = 1";
    private const string KeysSql = "SELECT number AS Number, verifier AS Verifier, endorsement AS Endorsement FROM log_key ORDER BY number";
    private const string TileSql = "SELECT hashes FROM log_tile WHERE level = @Level AND number = @Index";

    private const string FirstHeadSql = "INSERT INTO log_head (id, size, position, note, signed_at) VALUES (1, @Size, @Position, @Note, @SignedAt) ON CONFLICT DO NOTHING";
    private const string NextHeadSql = "UPDATE log_head SET size = @Size, position = @Position, note = @Note, signed_at = @SignedAt WHERE id = 1 AND note = @Before";

    private const string StoreTileSql = """
        INSERT INTO log_tile (level, number, hashes, last_position) VALUES (@Level, @Number, @Hashes, @LastPosition)
        ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes, last_position = excluded.last_position
        """;

    private const string LeavesSql = "SELECT position AS Position, CAST(id AS text) AS Id, commitment AS Commitment, retention_days AS RetentionDays FROM audit_leaf WHERE position > @position ORDER BY position LIMIT @limit";

    private readonly string _leafSql = $"SELECT position AS Position, CAST(id AS text) AS Id, commitment AS Commitment, retention_days AS RetentionDays FROM audit_leaf WHERE id = {database.Sql.Uuid("@id")}";

    private readonly string _bodiesSql = $"""
        SELECT position AS Position, CAST(id AS text) AS Id, time AS Time, kind AS Kind, organisation AS Organisation, owner AS Owner, CAST(agent_id AS text) AS AgentId,
            agent_name AS AgentName, session_id AS SessionId, CAST(trace_id AS text) AS TraceId, tool_use_id AS ToolUseId, tool AS Tool, action AS Action,
            effect AS Effect, policy AS Policy, rule AS Rule, {database.Sql.CallColumns}, body AS Body, salt AS Salt, retention_days AS RetentionDays
        FROM audit_event WHERE position > @from AND position <= @to ORDER BY position
        """;

    private readonly string _erasureSql = $"SELECT CAST(erased_by AS text) FROM audit_erasure WHERE id = {database.Sql.Uuid("@id")}";

    public DbConnection Connect() => database.Connect();

    public static LogHeadRow? Head(DbConnection connection) => connection.QuerySingleOrDefault<LogHeadRow>(HeadSql);

    public static IReadOnlyList<LogKeyRow> Keys(DbConnection connection) => connection.Query<LogKeyRow>(KeysSql).AsList();

    /// <summary>The stored tiles; one that is not there is empty, which readers find too short.</summary>
    public static TileSource Tiles(DbConnection connection) =>
        (id, _) => connection.ExecuteScalar<byte[]?>(TileSql, new { id.Level, id.Index }) ?? [];

    /// <summary>
    /// The leaves behind a position, in order. Positions become visible in their order on every store, so who goes on behind
    /// the last one it has seen misses none.
    /// </summary>
    public static IReadOnlyList<LogLeafRow> Leaves(DbConnection connection, long position, int limit) => connection.Query<LogLeafRow>(LeavesSql, new { position, limit }).AsList();

    /// <summary>The leaf of an event; null: no such event was ever recorded.</summary>
    public LogLeafRow? Leaf(DbConnection connection, string id) => connection.QuerySingleOrDefault<LogLeafRow>(_leafSql, new { id });

    /// <summary>The number of a leaf in the log; null: it is in no tile yet.</summary>
    public static long? IndexOf(DbConnection connection, long position) => connection.QuerySingleOrDefault<long?>(
        """
        SELECT tile.number * 256 + (SELECT count(*) FROM audit_leaf WHERE position < @position
            AND position > coalesce((SELECT last_position FROM log_tile AS before WHERE before.level = 0 AND before.number = tile.number - 1), 0))
        FROM log_tile AS tile WHERE tile.level = 0 AND tile.last_position >= @position ORDER BY tile.last_position LIMIT 1
        """,
        new { position });

    /// <summary>How many leaves stand behind the tile of level 0 before this one, up to a position.</summary>
    public static long CountOfTile(DbConnection connection, long tile, long position) => connection.QuerySingle<long>(
        """
        SELECT count(*) FROM audit_leaf WHERE position <= @position
            AND position > coalesce((SELECT last_position FROM log_tile WHERE level = 0 AND number = @tile - 1), 0)
        """,
        new { tile, position });

    /// <summary>Bodies with the columns that lists go by, behind a position and up to another.</summary>
    public IReadOnlyList<LogBodyRow> Bodies(DbConnection connection, long from, long to) => connection.Query<LogBodyRow>(_bodiesSql, new { from, to }).AsList();

    /// <summary>The event that says that a body was erased; null: none does.</summary>
    public string? ErasedBy(DbConnection connection, string id) => connection.QuerySingleOrDefault<string>(_erasureSql, new { id });

    /// <summary>Deletes a body and says by which event, in the transaction of <paramref name="write"/>.</summary>
    public void Erase(StoreWrite write, LogLeafRow leaf, string by, long now)
    {
        var id = leaf.Id;
        _rollUps.Retract(write, leaf.Position);
        write.Connection.Execute($"INSERT INTO audit_erasure (id, erased_by, erased_at) VALUES ({database.Sql.Uuid("@id")}, {database.Sql.Uuid("@by")}, @now)", new { id, by, now });
        write.Connection.Execute(database.Sql.EraseBody, new { id });
        write.Erased();
    }

    /// <summary>Takes the tree away, for a new log over the same leaves, in the transaction of <paramref name="write"/>.</summary>
    public static void ClearTree(StoreWrite write)
    {
        write.Connection.Execute("DELETE FROM log_tile");
        write.Connection.Execute("DELETE FROM log_head");
    }

    /// <summary>Stores a step that was made from <paramref name="before"/>.</summary>
    /// <returns>False: another gateway was faster, and nothing was stored.</returns>
    public bool TryStore(LogHeadRow? before, LogHeadRow head, LogStep step, Func<Tile, long> lastPosition, Action<StoreWrite>? more = null) => database.Write(write =>
    {
        var stored = before is null
            ? write.Connection.Execute(FirstHeadSql, head)
            : write.Connection.Execute(NextHeadSql, new { head.Size, head.Position, head.Note, head.SignedAt, Before = before.Note });
        if (stored != 1)
        {
            return false;
        }

        foreach (var tile in step.Tiles)
        {
            write.Connection.Execute(StoreTileSql, new { tile.Id.Level, Number = tile.Id.Index, Hashes = tile.Hashes.ToArray(), LastPosition = lastPosition(tile) });
        }

        more?.Invoke(write);
        return true;
    });

    /// <summary>Adds a key, in the transaction of <paramref name="write"/>.</summary>
    public static void AddKey(StoreWrite write, LogKeyRow key, long now) =>
        write.Connection.Execute("INSERT INTO log_key (number, verifier, endorsement, made_at) VALUES (@Number, @Verifier, @Endorsement, @now)", new { key.Number, key.Verifier, key.Endorsement, now });

    public void Write(Action<StoreWrite> work) => database.Write(write =>
    {
        work(write);
        return true;
    });
}
