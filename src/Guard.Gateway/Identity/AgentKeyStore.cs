using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Identity;

/// <summary>The keys of one agent in the store, over time.</summary>
internal sealed class AgentKeyStore(IDatabase database)
{
    private const string ListSql = """
        SELECT prefix AS Prefix, created_at AS CreatedAt, expires_at AS ExpiresAt, revoked_at AS RevokedAt
        FROM api_key WHERE agent_id = @agentId ORDER BY created_at, id
        """;

    // A key that ends earlier by itself keeps its end.
    private const string ExpireSql = """
        UPDATE api_key SET expires_at = @expiresAt
        WHERE agent_id = @agentId AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @expiresAt)
        """;

    /// <summary>Oldest first, with those that are expired or revoked.</summary>
    public IReadOnlyList<AgentKey> List(string agentId)
    {
        using var connection = database.Connect();
        return
        [
            .. connection.Query<Row>(ListSql, new { agentId }).Select(static row => new AgentKey
            {
                Prefix = row.Prefix,
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
                ExpiresAt = Time(row.ExpiresAt),
                RevokedAt = Time(row.RevokedAt),
            }),
        ];
    }

    /// <summary>Adds a key and lets all others of the agent end, in one transaction with the audit event.</summary>
    /// <returns>False: the agent is revoked.</returns>
    public bool TryRotate(string agentId, NewKey key, DateTimeOffset othersExpireAt, AuditEvent audit) => database.Write(write =>
    {
        if (write.Connection.ExecuteScalar<int>("SELECT count(*) FROM agent WHERE id = @agentId AND revoked_at IS NULL", new { agentId }) == 0)
        {
            return false;
        }

        write.Connection.Execute(ExpireSql, new { agentId, expiresAt = othersExpireAt.ToUnixTimeMilliseconds() });
        IdentityStore.InsertKey(write.Connection, key, agentId, principalId: null, audit.Time.ToUnixTimeMilliseconds());
        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private sealed record Row
    {
        public string Prefix { get; init; } = "";
        public long CreatedAt { get; init; }
        public long? ExpiresAt { get; init; }
        public long? RevokedAt { get; init; }
    }
}
