using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Identity;

/// <summary>The keys of one agent in the store, over time.</summary>
internal sealed class AgentKeyStore(IDatabase database)
{
    private const string ListSql = """
        SELECT prefix AS Prefix, scopes AS Scopes, created_at AS CreatedAt, expires_at AS ExpiresAt, revoked_at AS RevokedAt
        FROM api_key WHERE agent_id = @agentId ORDER BY created_at, id
        """;

    private const string NewestSql = """
        SELECT scopes FROM api_key
        WHERE agent_id = @agentId AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)
        ORDER BY created_at DESC, id DESC LIMIT 1
        """;

    private const string RevokeSql = "UPDATE api_key SET revoked_at = @now WHERE agent_id = @agentId AND prefix = @prefix AND revoked_at IS NULL";

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
                Scopes = IdentityStore.Scopes(row.Scopes) ?? Scopes.OfAgents,
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
                ExpiresAt = Time(row.ExpiresAt),
                RevokedAt = Time(row.RevokedAt),
            }),
        ];
    }

    /// <summary>
    /// Adds a key and lets all others of the agent end, in one transaction with the audit event. A key that states no scopes
    /// gets those of the newest in force, so that a rotation gives no more than there was.
    /// </summary>
    /// <returns>False: the agent is revoked.</returns>
    public bool TryRotate(string agentId, NewKey key, DateTimeOffset othersExpireAt, AuditEvent audit) => database.Write(write =>
    {
        if (write.Connection.ExecuteScalar<int>("SELECT count(*) FROM agent WHERE id = @agentId AND revoked_at IS NULL", new { agentId }) == 0)
        {
            return false;
        }

        var now = audit.Time.ToUnixTimeMilliseconds();
        var scopes = key.Scopes ?? IdentityStore.Scopes(write.Connection.QueryFirstOrDefault<string>(NewestSql, new { agentId, now }));
        write.Connection.Execute(ExpireSql, new { agentId, expiresAt = othersExpireAt.ToUnixTimeMilliseconds() });
        IdentityStore.InsertKey(write.Connection, key with { Scopes = scopes }, agentId, principalId: null, now);
        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    /// <summary>Revokes one key of an agent.</summary>
    /// <returns>False: the agent has no such key in force.</returns>
    public bool TryRevoke(string agentId, string prefix, AuditEvent audit) => database.Write(write =>
    {
        if (write.Connection.Execute(RevokeSql, new { agentId, prefix, now = audit.Time.ToUnixTimeMilliseconds() }) == 0)
        {
            return false;
        }

        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private sealed record Row
    {
        public string Prefix { get; init; } = "";
        public string? Scopes { get; init; }
        public long CreatedAt { get; init; }
        public long? ExpiresAt { get; init; }
        public long? RevokedAt { get; init; }
    }
}
