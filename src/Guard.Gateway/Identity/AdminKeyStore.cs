using Dapper;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Identity;

/// <summary>The admin keys in the store, over time.</summary>
internal sealed class AdminKeyStore(IDatabase database)
{
    private const string ListSql = """
        SELECT k.prefix AS Prefix, p.name AS Owner, k.scopes AS Scopes, k.created_at AS CreatedAt, k.expires_at AS ExpiresAt, k.revoked_at AS RevokedAt
        FROM api_key k JOIN principal p ON p.id = k.principal_id
        WHERE k.kind = 'admin' ORDER BY k.created_at, k.id
        """;

    private const string RevokeSql = "UPDATE api_key SET revoked_at = @now WHERE kind = 'admin' AND prefix = @prefix AND revoked_at IS NULL";

    /// <summary>Oldest first, with those that are expired or revoked.</summary>
    public IReadOnlyList<AdminKey> List()
    {
        using var connection = database.Connect();
        return
        [
            .. connection.Query<Row>(ListSql).Select(static row => new AdminKey
            {
                Prefix = row.Prefix,
                Owner = row.Owner,
                Scopes = IdentityStore.Scopes(row.Scopes) ?? Scopes.OfAdmins,
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
                ExpiresAt = Time(row.ExpiresAt),
                RevokedAt = Time(row.RevokedAt),
            }),
        ];
    }

    /// <summary>Adds a key for a principal, in one transaction with the audit event.</summary>
    public void Add(OrganisationRow organisation, NewKey key, string owner, AuditEvent audit) => database.Write(write =>
    {
        var now = audit.Time.ToUnixTimeMilliseconds();
        IdentityStore.InsertKey(write.Connection, key, agentId: null, IdentityStore.PrincipalId(write.Connection, organisation.Id, owner, now), now);
        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    /// <summary>Revokes one key.</summary>
    /// <returns>False: there is no such admin key in force.</returns>
    public bool TryRevoke(string prefix, AuditEvent audit) => database.Write(write =>
    {
        if (write.Connection.Execute(RevokeSql, new { prefix, now = audit.Time.ToUnixTimeMilliseconds() }) == 0)
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
        public string Owner { get; init; } = "";
        public string? Scopes { get; init; }
        public long CreatedAt { get; init; }
        public long? ExpiresAt { get; init; }
        public long? RevokedAt { get; init; }
    }
}
