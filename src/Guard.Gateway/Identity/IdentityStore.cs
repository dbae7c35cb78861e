using System.Collections.Frozen;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Storage;
using Guard.Policy;
using Guard.Policy.Evaluation;
using Guard.Protocol;

namespace Guard.Gateway.Identity;

/// <summary>Organisations, principals, agents and keys in the store. Every change stands with its audit event in one transaction.</summary>
internal sealed class IdentityStore(IDatabase database)
{
    private const string OrganisationSql = "SELECT id AS Id, name AS Name FROM organisation ORDER BY created_at, id LIMIT 1";

    private const string KeySql = """
        SELECT k.prefix AS Prefix, k.hash AS Hash, k.kind AS Kind, k.scopes AS Scopes, k.expires_at AS ExpiresAt, k.revoked_at AS RevokedAt,
               o.id AS OrganisationId, o.name AS Organisation, p.id AS PrincipalId, p.name AS Principal,
               a.id AS AgentId, a.name AS AgentName, a.tags AS Tags, a.trust_tier AS TrustTier,
               a.audit_mode_allowed AS AuditModeAllowed, a.revoked_at AS AgentRevokedAt
        FROM api_key k
        LEFT JOIN agent a ON a.id = k.agent_id
        JOIN principal p ON p.id = coalesce(k.principal_id, a.owner_id)
        JOIN organisation o ON o.id = p.organisation_id
        """;

    // When an agent was last seen is what the record says: a column of its own would cost a write per decision, or lag.
    private readonly string _agentSql = AgentSql(database.Sql);

    private static string AgentSql(SqlDialect sql) => $"""
        SELECT a.id AS Id, a.name AS Name, o.name AS Organisation, p.name AS Owner, a.tags AS Tags, a.trust_tier AS TrustTier,
               a.audit_mode_allowed AS AuditModeAllowed, a.created_at AS CreatedAt, a.revoked_at AS RevokedAt,
               (SELECT e.time FROM audit_event e WHERE e.agent_id = {sql.Uuid("a.id")} ORDER BY e.position DESC LIMIT 1) AS LastSeenAt
        FROM agent a
        JOIN principal p ON p.id = a.owner_id
        JOIN organisation o ON o.id = a.organisation_id
        """;

    private const string PrefixSql = """
        SELECT agent_id AS AgentId, prefix AS Prefix FROM api_key
        WHERE agent_id IS NOT NULL AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)
        """;

    private const string InsertOrganisationSql = "INSERT INTO organisation (id, name, created_at) VALUES (@id, @name, @now)";

    private const string InsertPrincipalSql = """
        INSERT INTO principal (id, organisation_id, name, kind, created_at) VALUES (@id, @organisationId, @name, @kind, @now)
        ON CONFLICT DO NOTHING
        """;

    private const string InsertAgentSql = """
        INSERT INTO agent (id, organisation_id, owner_id, name, tags, trust_tier, audit_mode_allowed, created_at)
        VALUES (@id, @organisationId, @ownerId, @name, @tags, @trustTier, @auditModeAllowed, @now)
        ON CONFLICT DO NOTHING
        """;

    private const string UpdateAgentSql = """
        UPDATE agent SET owner_id = coalesce(@ownerId, owner_id), tags = coalesce(@tags, tags),
               trust_tier = coalesce(@trustTier, trust_tier), audit_mode_allowed = coalesce(@auditModeAllowed, audit_mode_allowed)
        WHERE id = @agentId AND revoked_at IS NULL
        """;

    private const string InsertKeySql = """
        INSERT INTO api_key (id, prefix, hash, kind, agent_id, principal_id, created_at, scopes, expires_at)
        VALUES (@id, @prefix, @hash, @kind, @agentId, @principalId, @now, @scopes, @expiresAt)
        """;

    /// <summary>The one organisation of this store; null: the store is empty.</summary>
    public OrganisationRow? FindOrganisation()
    {
        using var connection = database.Connect();
        return connection.QuerySingleOrDefault<OrganisationRow>(OrganisationSql);
    }

    /// <summary>All keys, with the generation they are of.</summary>
    public KeySet LoadKeys() => database.Read(static connection => new KeySet(
        connection.QuerySingle<Generations>(Generations.Sql).Keys,
        connection.Query<KeyRow>(KeySql).Select(ToEntry).ToFrozenDictionary(static entry => entry.Prefix, StringComparer.Ordinal)));

    /// <summary>The generation that <see cref="LoadKeys"/> would read.</summary>
    public long KeysGeneration()
    {
        using var connection = database.Connect();
        return connection.QuerySingle<Generations>(Generations.Sql).Keys;
    }

    public IReadOnlyList<AgentInfo> ListAgents(DateTimeOffset now) => database.Read(connection => Agents(connection, now, "ORDER BY a.created_at, a.id", new { }));

    /// <summary>By id, or by the name of an agent that is not revoked.</summary>
    public AgentInfo? FindAgent(string nameOrId, DateTimeOffset now) => database.Read(connection =>
        Agents(connection, now, "WHERE a.id = @nameOrId", new { nameOrId }).FirstOrDefault()
        ?? Agents(connection, now, "WHERE a.name = @nameOrId AND a.revoked_at IS NULL", new { nameOrId }).FirstOrDefault());

    private List<AgentInfo> Agents(DbConnection connection, DateTimeOffset now, string which, object parameters)
    {
        var rows = connection.Query<AgentRow>($"{_agentSql} {which}", parameters).AsList();
        var only = rows is [var single] ? " AND agent_id = @id" : "";
        var prefixes = connection.Query<PrefixRow>(PrefixSql + only + " ORDER BY created_at, id", new { now = now.ToUnixTimeMilliseconds(), id = rows.FirstOrDefault()?.Id })
            .ToLookup(static row => row.AgentId, static row => row.Prefix, StringComparer.Ordinal);
        return [.. rows.Select(row => ToInfo(row, [.. prefixes[row.Id]]))];
    }

    /// <summary>Creates an agent with its first key. An owner that is not known yet becomes a person.</summary>
    /// <returns>False: an agent of that name exists.</returns>
    public bool TryCreateAgent(OrganisationRow organisation, NewAgent agent, NewKey key, AuditEvent audit) => database.Write(write =>
    {
        var now = audit.Time.ToUnixTimeMilliseconds();
        var taken = write.Connection.ExecuteScalar<int>(
            "SELECT count(*) FROM agent WHERE organisation_id = @id AND name = @name AND revoked_at IS NULL",
            new { id = organisation.Id, name = agent.Name });
        if (taken > 0)
        {
            return false;
        }

        // Another gateway can be faster between the two.
        if (!TryInsertAgent(write.Connection, organisation.Id, agent, now))
        {
            return false;
        }

        InsertKey(write.Connection, key, agent.Id, principalId: null, now);
        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    /// <summary>Changes what is stated of an agent.</summary>
    /// <returns>False: the agent is revoked.</returns>
    public bool TryUpdateAgent(OrganisationRow organisation, string agentId, AgentChange change, AuditEvent audit) => database.Write(write =>
    {
        var now = audit.Time.ToUnixTimeMilliseconds();
        var changed = write.Connection.Execute(
            UpdateAgentSql,
            new
            {
                agentId,
                ownerId = change.Owner is { } owner ? PrincipalId(write.Connection, organisation.Id, owner, now) : null,
                tags = change.Tags is { } tags ? JsonSerializer.Serialize(tags, ProtocolJson.Default.IReadOnlyListString) : null,
                trustTier = change.TrustTier is { } tier ? TrustTiers.Name(tier) : null,
                auditModeAllowed = change.AuditModeAllowed switch { true => 1, false => 0, null => (int?)null },
            });
        if (changed == 0)
        {
            return false;
        }

        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    /// <summary>Revokes the agent and all its keys.</summary>
    /// <returns>False: it was revoked before.</returns>
    public bool TryRevokeAgent(string agentId, AuditEvent audit) => database.Write(write =>
    {
        var parameters = new { agentId, now = audit.Time.ToUnixTimeMilliseconds() };
        if (write.Connection.Execute("UPDATE agent SET revoked_at = @now WHERE id = @agentId AND revoked_at IS NULL", parameters) == 0)
        {
            return false;
        }

        write.Connection.Execute("UPDATE api_key SET revoked_at = @now WHERE agent_id = @agentId AND revoked_at IS NULL", parameters);
        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    /// <summary>Fills an empty store in one transaction: afterwards it is complete, or still empty.</summary>
    /// <returns>False: it is not empty; of several gateways that start at once, one fills it.</returns>
    public bool TryBootstrap(OrganisationRow organisation, NewPrincipal owner, NewAgent agent, NewKey agentKey, NewKey adminKey, IEnumerable<AuditEvent> audit, DateTimeOffset now) => database.Write(write =>
    {
        var at = now.ToUnixTimeMilliseconds();
        // Of two at once the second waits here for the first, and then finds the mark.
        if (write.Connection.Execute("UPDATE store_state SET bootstrapped_at = @at WHERE bootstrapped_at IS NULL", new { at }) == 0)
        {
            return false;
        }

        write.Connection.Execute(InsertOrganisationSql, new { id = organisation.Id, name = organisation.Name, now = at });
        write.Connection.Execute(InsertPrincipalSql, new { id = owner.Id, organisationId = organisation.Id, name = owner.Name, kind = "person", now = at });
        TryInsertAgent(write.Connection, organisation.Id, agent, at);
        InsertKey(write.Connection, agentKey, agent.Id, principalId: null, at);
        InsertKey(write.Connection, adminKey, agentId: null, owner.Id, at);
        foreach (var auditEvent in audit)
        {
            write.Record(auditEvent);
        }

        write.KeysChanged();
        return true;
    });

    /// <summary>Adds an admin key for the organisation's first principal.</summary>
    /// <param name="key">The new key.</param>
    /// <param name="revokeOthers">Revoke every other admin key in the same step.</param>
    /// <param name="audit">What the record says about it.</param>
    public void AddAdminKey(NewKey key, bool revokeOthers, AuditEvent audit) => database.Write(write =>
    {
        var now = audit.Time.ToUnixTimeMilliseconds();
        if (revokeOthers)
        {
            write.Connection.Execute("UPDATE api_key SET revoked_at = @now WHERE kind = 'admin' AND revoked_at IS NULL", new { now });
        }

        var principalId = write.Connection.QuerySingle<string>("SELECT id FROM principal ORDER BY created_at, id LIMIT 1");
        InsertKey(write.Connection, key, agentId: null, principalId, now);
        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    /// <summary>Adds a key to an agent that has some already, or lost them.</summary>
    public void AddAgentKey(string agentId, NewKey key, AuditEvent audit) => database.Write(write =>
    {
        InsertKey(write.Connection, key, agentId, principalId: null, audit.Time.ToUnixTimeMilliseconds());
        write.KeysChanged();
        write.Record(audit);
        return true;
    });

    private static bool TryInsertAgent(DbConnection connection, string organisationId, NewAgent agent, long now)
    {
        var ownerId = PrincipalId(connection, organisationId, agent.Owner, now);
        return connection.Execute(
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
            }) == 1;
    }

    /// <summary>One key, in the transaction of the change it belongs to.</summary>
    internal static void InsertKey(DbConnection connection, NewKey key, string? agentId, string? principalId, long now) =>
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
                scopes = key.Scopes is { } scopes ? JsonSerializer.Serialize(scopes, ProtocolJson.Default.IReadOnlyListString) : null,
                expiresAt = key.ExpiresAt?.ToUnixTimeMilliseconds(),
            });

    /// <summary>The principal of a name; one that is not known yet becomes a person.</summary>
    internal static string PrincipalId(DbConnection connection, string organisationId, string name, long now)
    {
        connection.Execute(InsertPrincipalSql, new { id = Ids.New(DateTimeOffset.FromUnixTimeMilliseconds(now)), organisationId, name, kind = "person", now });
        return connection.QuerySingle<string>("SELECT id FROM principal WHERE organisation_id = @organisationId AND name = @name", new { organisationId, name });
    }

    /// <summary>Scopes as they are stored; null: all.</summary>
    internal static IReadOnlyList<string>? Scopes(string? json) => json is null ? null : Tags(json);

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
            Scopes = Scopes(row.Scopes),
            ExpiresAt = Time(row.ExpiresAt),
            RevokedAt = Time(row.RevokedAt) ?? Time(row.AgentRevokedAt),
        };
    }

    private static AgentInfo ToInfo(AgentRow row, IReadOnlyList<string> prefixes) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Organisation = row.Organisation,
        Owner = row.Owner,
        Tags = Tags(row.Tags),
        TrustTier = row.TrustTier,
        AuditModeAllowed = row.AuditModeAllowed == 1,
        KeyPrefixes = prefixes,
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
        public string? Scopes { get; init; }
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

    private sealed record PrefixRow
    {
        public string AgentId { get; init; } = "";
        public string Prefix { get; init; } = "";
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

/// <summary>What to change of an agent; null members stay.</summary>
internal sealed record AgentChange(string? Owner, IReadOnlyList<string>? Tags, TrustTier? TrustTier, bool? AuditModeAllowed);
