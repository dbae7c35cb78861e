using System.Text.Json;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Storage;
using Guard.Policy;
using Guard.Policy.Evaluation;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Identity;

/// <summary>Organisations, principals, agents and keys in the store. Every change stands with its audit event in one transaction.</summary>
internal sealed class IdentityStore(Database database)
{
    private const string OrganisationSql = "SELECT id AS Id, name AS Name FROM organisation ORDER BY created_at, id LIMIT 1";

    private const string KeySql = """
        SELECT k.prefix AS Prefix, k.hash AS Hash, k.kind AS Kind, k.expires_at AS ExpiresAt, k.revoked_at AS RevokedAt,
               o.id AS OrganisationId, o.name AS Organisation, p.id AS PrincipalId, p.name AS Principal,
               a.id AS AgentId, a.name AS AgentName, a.tags AS Tags, a.trust_tier AS TrustTier,
               a.audit_mode_allowed AS AuditModeAllowed, a.revoked_at AS AgentRevokedAt
        FROM api_key k
        LEFT JOIN agent a ON a.id = k.agent_id
        JOIN principal p ON p.id = coalesce(k.principal_id, a.owner_id)
        JOIN organisation o ON o.id = p.organisation_id
        """;

    private const string AgentSql = """
        SELECT a.id AS Id, a.name AS Name, o.name AS Organisation, p.name AS Owner, a.tags AS Tags, a.trust_tier AS TrustTier,
               a.audit_mode_allowed AS AuditModeAllowed, a.created_at AS CreatedAt, a.revoked_at AS RevokedAt,
               (SELECT group_concat(k.prefix, ' ') FROM api_key k
                WHERE k.agent_id = a.id AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > @now)) AS KeyPrefixes,
               (SELECT e.time FROM audit_event e WHERE e.agent_id = a.id ORDER BY e.position DESC LIMIT 1) AS LastSeenAt
        FROM agent a
        JOIN principal p ON p.id = a.owner_id
        JOIN organisation o ON o.id = a.organisation_id
        """;

    private const string InsertOrganisationSql = "INSERT INTO organisation (id, name, created_at) VALUES (@id, @name, @now)";

    private const string InsertPrincipalSql = """
        INSERT INTO principal (id, organisation_id, name, kind, created_at) VALUES (@id, @organisationId, @name, @kind, @now)
        """;

    private const string InsertAgentSql = """
        INSERT INTO agent (id, organisation_id, owner_id, name, tags, trust_tier, audit_mode_allowed, created_at)
        VALUES (@id, @organisationId, @ownerId, @name, @tags, @trustTier, @auditModeAllowed, @now)
        """;

    private const string InsertKeySql = """
        INSERT INTO api_key (id, prefix, hash, kind, agent_id, principal_id, created_at)
        VALUES (@id, @prefix, @hash, @kind, @agentId, @principalId, @now)
        """;

    /// <summary>The one organisation of this store; null: the store is empty.</summary>
    public OrganisationRow? FindOrganisation()
    {
        using var connection = database.Connect();
        return connection.QuerySingleOrDefault<OrganisationRow>(OrganisationSql);
    }

    public IReadOnlyList<KeyEntry> LoadKeys()
    {
        using var connection = database.Connect();
        return [.. connection.Query<KeyRow>(KeySql).Select(ToEntry)];
    }

    public KeyEntry? FindKey(string prefix)
    {
        using var connection = database.Connect();
        return connection.QuerySingleOrDefault<KeyRow>($"{KeySql} WHERE k.prefix = @prefix", new { prefix }) is { } row ? ToEntry(row) : null;
    }

    public IReadOnlyList<KeyEntry> FindKeys(string agentId)
    {
        using var connection = database.Connect();
        return [.. connection.Query<KeyRow>($"{KeySql} WHERE k.agent_id = @agentId", new { agentId }).Select(ToEntry)];
    }

    public IReadOnlyList<AgentInfo> ListAgents(DateTimeOffset now)
    {
        using var connection = database.Connect();
        return [.. connection.Query<AgentRow>($"{AgentSql} ORDER BY a.created_at, a.id", new { now = now.ToUnixTimeMilliseconds() }).Select(ToInfo)];
    }

    /// <summary>By id, or by the name of an agent that is not revoked.</summary>
    public AgentInfo? FindAgent(string nameOrId, DateTimeOffset now)
    {
        using var connection = database.Connect();
        var parameters = new { nameOrId, now = now.ToUnixTimeMilliseconds() };
        var row = connection.QuerySingleOrDefault<AgentRow>($"{AgentSql} WHERE a.id = @nameOrId", parameters)
            ?? connection.QuerySingleOrDefault<AgentRow>($"{AgentSql} WHERE a.name = @nameOrId AND a.revoked_at IS NULL", parameters);
        return row is null ? null : ToInfo(row);
    }

    /// <summary>Creates an agent with its first key. An owner that is not known yet becomes a person.</summary>
    /// <returns>False: an agent of that name exists.</returns>
    public bool TryCreateAgent(OrganisationRow organisation, NewAgent agent, NewKey key, AuditEvent audit) => database.Write(connection =>
    {
        var now = audit.Time.ToUnixTimeMilliseconds();
        var taken = connection.ExecuteScalar<int>(
            "SELECT count(*) FROM agent WHERE organisation_id = @id AND name = @name AND revoked_at IS NULL",
            new { id = organisation.Id, name = agent.Name });
        if (taken > 0)
        {
            return false;
        }

        InsertAgent(connection, organisation.Id, agent, now);
        InsertKey(connection, key, agent.Id, principalId: null, now);
        AuditRow.Insert(connection, audit);
        return true;
    });

    /// <summary>Revokes the agent and all its keys.</summary>
    /// <returns>False: it was revoked before.</returns>
    public bool TryRevokeAgent(string agentId, AuditEvent audit) => database.Write(connection =>
    {
        var parameters = new { agentId, now = audit.Time.ToUnixTimeMilliseconds() };
        if (connection.Execute("UPDATE agent SET revoked_at = @now WHERE id = @agentId AND revoked_at IS NULL", parameters) == 0)
        {
            return false;
        }

        connection.Execute("UPDATE api_key SET revoked_at = @now WHERE agent_id = @agentId AND revoked_at IS NULL", parameters);
        AuditRow.Insert(connection, audit);
        return true;
    });

    /// <summary>Fills an empty store in one transaction: afterwards it is complete, or still empty.</summary>
    public void Bootstrap(OrganisationRow organisation, NewPrincipal owner, NewAgent agent, NewKey agentKey, NewKey adminKey, IEnumerable<AuditEvent> audit, DateTimeOffset now) => database.Write(connection =>
    {
        var at = now.ToUnixTimeMilliseconds();
        connection.Execute(InsertOrganisationSql, new { id = organisation.Id, name = organisation.Name, now = at });
        connection.Execute(InsertPrincipalSql, new { id = owner.Id, organisationId = organisation.Id, name = owner.Name, kind = "person", now = at });
        InsertAgent(connection, organisation.Id, agent, at);
        InsertKey(connection, agentKey, agent.Id, principalId: null, at);
        InsertKey(connection, adminKey, agentId: null, owner.Id, at);
        foreach (var auditEvent in audit)
        {
            AuditRow.Insert(connection, auditEvent);
        }

        return true;
    });

    /// <summary>Adds an admin key for the organisation's first principal.</summary>
    /// <param name="key">The new key.</param>
    /// <param name="revokeOthers">Revoke every other admin key in the same step.</param>
    /// <param name="audit">What the record says about it.</param>
    public void AddAdminKey(NewKey key, bool revokeOthers, AuditEvent audit) => database.Write(connection =>
    {
        var now = audit.Time.ToUnixTimeMilliseconds();
        if (revokeOthers)
        {
            connection.Execute("UPDATE api_key SET revoked_at = @now WHERE kind = 'admin' AND revoked_at IS NULL", new { now });
        }

        var principalId = connection.QuerySingle<string>("SELECT id FROM principal ORDER BY created_at, id LIMIT 1");
        InsertKey(connection, key, agentId: null, principalId, now);
        AuditRow.Insert(connection, audit);
        return true;
    });

    /// <summary>Adds a key to an agent that has some already, or lost them.</summary>
    public void AddAgentKey(string agentId, NewKey key, AuditEvent audit) => database.Write(connection =>
    {
        InsertKey(connection, key, agentId, principalId: null, audit.Time.ToUnixTimeMilliseconds());
        AuditRow.Insert(connection, audit);
        return true;
    });

    private static void InsertAgent(SqliteConnection connection, string organisationId, NewAgent agent, long now)
    {
        var ownerId = connection.QuerySingleOrDefault<string>(
            "SELECT id FROM principal WHERE organisation_id = @organisationId AND name = @name",
            new { organisationId, name = agent.Owner });
        if (ownerId is null)
        {
            ownerId = Ids.New(DateTimeOffset.FromUnixTimeMilliseconds(now));
            connection.Execute(InsertPrincipalSql, new { id = ownerId, organisationId, name = agent.Owner, kind = "person", now });
        }

        connection.Execute(
            InsertAgentSql,
            new
            {
                id = agent.Id,
                organisationId,
                ownerId,
                name = agent.Name,
                tags = JsonSerializer.Serialize(agent.Tags, ProtocolJson.Default.IReadOnlyListString),
                trustTier = TrustTiers.Name(agent.TrustTier),
                auditModeAllowed = agent.AuditModeAllowed ? 1 : 0,
                now,
            });
    }

    /// <summary>One key, in the transaction of the change it belongs to.</summary>
    internal static void InsertKey(SqliteConnection connection, NewKey key, string? agentId, string? principalId, long now) =>
        connection.Execute(
            InsertKeySql,
            new
            {
                id = Ids.New(DateTimeOffset.FromUnixTimeMilliseconds(now)),
                prefix = key.Prefix,
                hash = key.Hash,
                kind = key.Kind == KeyKind.Agent ? "agent" : "admin",
                agentId,
                principalId,
                now,
            });

    private static KeyEntry ToEntry(KeyRow row)
    {
        var isAgent = row.Kind == "agent";
        return new KeyEntry
        {
            Prefix = row.Prefix,
            Hash = row.Hash,
            Kind = isAgent ? KeyKind.Agent : KeyKind.Admin,
            Admin = isAgent ? null : new AdminIdentity(row.PrincipalId, row.Principal, row.OrganisationId, row.Organisation),
            Agent = !isAgent ? null : new AgentIdentity
            {
                Facts = new AgentFacts
                {
                    Id = row.AgentId!,
                    Name = row.AgentName!,
                    Tags = Tags(row.Tags!),
                    TrustTier = TrustTiers.Parse(row.TrustTier!),
                    Owner = row.Principal,
                },
                Organisation = row.Organisation,
                Owner = row.Principal,
                AuditModeAllowed = row.AuditModeAllowed == 1,
            },
            ExpiresAt = Time(row.ExpiresAt),
            RevokedAt = Time(row.RevokedAt) ?? Time(row.AgentRevokedAt),
        };
    }

    private static AgentInfo ToInfo(AgentRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Organisation = row.Organisation,
        Owner = row.Owner,
        Tags = Tags(row.Tags),
        TrustTier = row.TrustTier,
        AuditModeAllowed = row.AuditModeAllowed == 1,
        KeyPrefixes = row.KeyPrefixes?.Split(' ') ?? [],
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        RevokedAt = Time(row.RevokedAt),
        LastSeenAt = Time(row.LastSeenAt),
    };

    private static IReadOnlyList<string> Tags(string json) => JsonSerializer.Deserialize(json, ProtocolJson.Default.IReadOnlyListString) ?? [];

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;

    private sealed record KeyRow
    {
        public string Prefix { get; init; } = "";
        public byte[] Hash { get; init; } = [];
        public string Kind { get; init; } = "";
        public long? ExpiresAt { get; init; }
        public long? RevokedAt { get; init; }
        public string OrganisationId { get; init; } = "";
        public string Organisation { get; init; } = "";
        public string PrincipalId { get; init; } = "";
        public string Principal { get; init; } = "";
        public string? AgentId { get; init; }
        public string? AgentName { get; init; }
        public string? Tags { get; init; }
        public string? TrustTier { get; init; }
        public long? AuditModeAllowed { get; init; }
        public long? AgentRevokedAt { get; init; }
    }

    private sealed record AgentRow
    {
        public string Id { get; init; } = "";
        public string Name { get; init; } = "";
        public string Organisation { get; init; } = "";
        public string Owner { get; init; } = "";
        public string Tags { get; init; } = "";
        public string TrustTier { get; init; } = "";
        public long AuditModeAllowed { get; init; }
        public long CreatedAt { get; init; }
        public long? RevokedAt { get; init; }
        public string? KeyPrefixes { get; init; }
        public long? LastSeenAt { get; init; }
    }
}

/// <summary>The organisation everything in a store belongs to.</summary>
internal sealed record OrganisationRow
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
}

/// <summary>A person who owns and administers.</summary>
internal sealed record NewPrincipal(string Id, string Name);

/// <summary>An agent to create.</summary>
internal sealed record NewAgent(string Id, string Name, string Owner, IReadOnlyList<string> Tags, TrustTier TrustTier, bool AuditModeAllowed);
