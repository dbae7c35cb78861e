using System.Data.Common;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Guard.Policy;
using Guard.Protocol;

namespace Guard.Gateway.Policies;

/// <summary>Every version of every policy that was ever applied, and every bundle that was in force.</summary>
internal sealed class PolicyStore(IDatabase database, OrganisationRow organisation)
{
    private const string InForceSql = """
        SELECT p.name AS Name, p.origin AS Origin, v.revision AS Revision, v.path AS Path, v.text AS Text, v.digest AS Digest,
               v.version AS Version, v.description AS Description, v.rules AS Rules, v.applied_at AS AppliedAt, v.applied_by AS AppliedBy
        FROM policy p JOIN policy_version v ON v.policy_id = p.id AND v.revision = p.revision
        WHERE p.organisation_id = @organisationId AND p.removed_at IS NULL
        ORDER BY p.name
        """;

    private const int MaxVersions = 1_000;

    private const string HistorySql = """
        SELECT p.removed_at AS RemovedAt, v.revision AS Revision, v.digest AS Digest, v.version AS Version, v.description AS Description,
               v.rules AS Rules, v.applied_at AS AppliedAt, v.applied_by AS AppliedBy, v.message AS Message
        FROM policy p JOIN policy_version v ON v.policy_id = p.id
        WHERE p.organisation_id = @organisationId AND p.name = @name
        ORDER BY v.revision DESC LIMIT @most
        """;

    private const string VersionSql = """
        SELECT v.path AS Path, v.text AS Text
        FROM policy p JOIN policy_version v ON v.policy_id = p.id
        WHERE p.organisation_id = @organisationId AND p.name = @name AND v.revision = @revision
        """;

    private const string FindPolicySql = "SELECT id AS Id, revision AS Revision FROM policy WHERE organisation_id = @organisationId AND name = @name";

    private const string InsertPolicySql = """
        INSERT INTO policy (id, organisation_id, name, origin, revision) VALUES (@id, @organisationId, @name, @origin, @revision)
        """;

    private const string UpdatePolicySql = "UPDATE policy SET origin = @origin, revision = @revision, removed_at = NULL WHERE id = @id";

    private const string InsertVersionSql = """
        INSERT INTO policy_version (policy_id, revision, path, text, digest, version, description, rules, applied_at, applied_by, message)
        VALUES (@id, @revision, @path, @text, @digest, @version, @description, @rules, @now, @actor, @message)
        """;

    private const string RemoveSql = "UPDATE policy SET removed_at = @now WHERE organisation_id = @organisationId AND name = @name AND removed_at IS NULL";

    private const string InsertBundleSql = """
        INSERT INTO bundle (organisation_id, hash, policies, applied_at, applied_by, message)
        VALUES (@organisationId, @hash, @policies, @now, @actor, @message)
        """;

    public StoredPolicies LoadInForce() => database.Read(connection => new StoredPolicies(connection.QuerySingle<Generations>(Generations.Sql).Policies, InForce(connection)));

    /// <summary>The generation that <see cref="LoadInForce"/> would read.</summary>
    public long Generation()
    {
        using var connection = database.Connect();
        return connection.QuerySingle<Generations>(Generations.Sql).Policies;
    }

    /// <summary>True: some bundle was in force before, so this is not the first start.</summary>
    public bool HasHistory()
    {
        using var connection = database.Connect();
        return connection.ExecuteScalar<long>("SELECT count(*) FROM bundle") > 0;
    }

    /// <summary>The hash of the last bundle in force; null: there was none.</summary>
    public string? LastBundle()
    {
        using var connection = database.Connect();
        return connection.QuerySingleOrDefault<string>("SELECT hash FROM bundle ORDER BY position DESC LIMIT 1");
    }

    /// <summary>Whether a bundle was ever in force.</summary>
    public bool KnowsBundle(string hash)
    {
        using var connection = database.Connect();
        return connection.ExecuteScalar<long>("SELECT count(*) FROM bundle WHERE hash = @hash", new { hash }) > 0;
    }

    /// <summary>Null: no policy of this name was ever applied.</summary>
    public PolicyHistory? History(string name)
    {
        using var connection = database.Connect();
        var rows = connection.Query<HistoryRow>(HistorySql, new { organisationId = organisation.Id, name, most = MaxVersions }).ToList();
        return rows.Count == 0 ? null : new PolicyHistory
        {
            Name = name,
            RemovedAt = rows[0].RemovedAt is { } removed ? DateTimeOffset.FromUnixTimeMilliseconds(removed) : null,
            Versions =
            [
                .. rows.Select(static row => new PolicyVersion
                {
                    Revision = (int)row.Revision,
                    Version = row.Version,
                    Description = row.Description,
                    Rules = (int)row.Rules,
                    Digest = row.Digest,
                    AppliedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.AppliedAt),
                    AppliedBy = row.AppliedBy,
                    Message = row.Message,
                }),
            ],
        };
    }

    /// <summary>The document of one version; null: there is none.</summary>
    public PolicyFile? Version(string name, int revision)
    {
        using var connection = database.Connect();
        return connection.QuerySingleOrDefault<DocumentRow>(VersionSql, new { organisationId = organisation.Id, name, revision }) is { } row ? new PolicyFile { Path = row.Path, Text = row.Text } : null;
    }

    /// <summary>Keeps the new versions, ends removed policies, notes the bundle and the audit events: all in one transaction.</summary>
    /// <returns>The policies in force afterwards. Null: others than <see cref="PolicyChange.Basis"/> are in force, and nothing was changed.</returns>
    public StoredPolicies? TryCommit(PolicyChange change) => database.Write(write =>
    {
        var connection = write.Connection;
        connection.Execute(database.Sql.LockPolicies);
        if (connection.QuerySingle<Generations>(Generations.Sql).Policies != change.Basis)
        {
            return null;
        }

        var now = change.At.ToUnixTimeMilliseconds();
        foreach (var name in change.Removed)
        {
            connection.Execute(RemoveSql, new { organisationId = organisation.Id, name, now });
        }

        foreach (var applied in change.Applied)
        {
            Upsert(connection, applied, change, now);
        }

        var inForce = InForce(connection);
        var policies = JsonSerializer.Serialize([.. inForce.Select(static policy => $"{policy.Summary.Name}@{policy.Summary.Revision}")], ProtocolJson.Default.IReadOnlyListString);
        connection.Execute(InsertBundleSql, new { organisationId = organisation.Id, hash = change.Bundle, policies, now, actor = change.Actor, message = change.Message });
        foreach (var auditEvent in change.Audit)
        {
            write.Record(auditEvent);
        }

        if (change.Applied.Count == 0 && change.Removed.Count == 0)
        {
            return new StoredPolicies(change.Basis, inForce);
        }

        write.PoliciesChanged();
        return new StoredPolicies(change.Basis + 1, inForce);
    });

    private void Upsert(DbConnection connection, AppliedPolicy applied, PolicyChange change, long now)
    {
        var definition = applied.Definition;
        var known = connection.QuerySingleOrDefault<PolicyRow>(FindPolicySql, new { organisationId = organisation.Id, name = definition.Name });
        var id = known?.Id ?? Ids.New(change.At);
        var revision = (known?.Revision ?? 0) + 1;
        var origin = OriginName(applied.Origin);
        connection.Execute(known is null ? InsertPolicySql : UpdatePolicySql, new { id, organisationId = organisation.Id, name = definition.Name, origin, revision });
        connection.Execute(
            InsertVersionSql,
            new
            {
                id,
                revision,
                path = applied.Source.Path,
                text = applied.Source.Text,
                digest = definition.Digest,
                version = definition.Version,
                description = definition.Description,
                rules = definition.Rules.Length,
                now,
                actor = change.Actor,
                message = change.Message,
            });
    }

    private IReadOnlyList<PolicyInForce> InForce(DbConnection connection) =>
        [.. connection.Query<VersionRow>(InForceSql, new { organisationId = organisation.Id }).Select(static row => new PolicyInForce(
            new PolicySummary
            {
                Name = row.Name,
                Revision = (int)row.Revision,
                Version = row.Version,
                Description = row.Description,
                Rules = (int)row.Rules,
                Digest = row.Digest,
                AppliedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.AppliedAt),
                AppliedBy = row.AppliedBy,
            },
            new PolicySource(row.Path, row.Text),
            row.Origin == OriginName(PolicyOrigin.Folder) ? PolicyOrigin.Folder : PolicyOrigin.Api))];

    private static string OriginName(PolicyOrigin origin) => origin == PolicyOrigin.Folder ? "folder" : "api";

    private sealed record HistoryRow
    {
        public long? RemovedAt { get; init; }
        public long Revision { get; init; }
        public string Digest { get; init; } = "";
        public string? Version { get; init; }
        public string? Description { get; init; }
        public long Rules { get; init; }
        public long AppliedAt { get; init; }
        public string AppliedBy { get; init; } = "";
        public string? Message { get; init; }
    }

    private sealed record DocumentRow
    {
        public string Path { get; init; } = "";
        public string Text { get; init; } = "";
    }

    private sealed record PolicyRow
    {
        public string Id { get; init; } = "";
        public long Revision { get; init; }
    }

    private sealed record VersionRow
    {
        public string Name { get; init; } = "";
        public string Origin { get; init; } = "";
        public long Revision { get; init; }
        public string Path { get; init; } = "";
        public string Text { get; init; } = "";
        public string Digest { get; init; } = "";
        public string? Version { get; init; }
        public string? Description { get; init; }
        public long Rules { get; init; }
        public long AppliedAt { get; init; }
        public string AppliedBy { get; init; } = "";
    }
}

/// <summary>The documents in force, and the generation they are of.</summary>
internal sealed record StoredPolicies(long Generation, IReadOnlyList<PolicyInForce> Policies);

/// <summary>A checked document to put in force.</summary>
internal sealed record AppliedPolicy(PolicyDefinition Definition, PolicySource Source, PolicyOrigin Origin);

/// <summary>One change of the set in force.</summary>
internal sealed record PolicyChange
{
    public required IReadOnlyList<AppliedPolicy> Applied { get; init; }
    public required IReadOnlyList<string> Removed { get; init; }

    /// <summary>The generation of the policies that the change was made from.</summary>
    public required long Basis { get; init; }
    public required string Bundle { get; init; }
    public required string Actor { get; init; }
    public string? Message { get; init; }
    public required DateTimeOffset At { get; init; }
    public required IReadOnlyList<AuditEvent> Audit { get; init; }
}
