using System.Net;
using System.Text;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Proof;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Sqlite;
using Guard.Proof.Leaves;
using Guard.Protocol;
using Microsoft.Data.Sqlite;

namespace Guard.Gateway.Tests.Storage;

/// <summary>Files as older versions wrote them, made by those versions' own steps, are brought up to date and lose nothing.</summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    private const string Organisation = "01920000-0000-7000-8000-000000000001";
    private const string Owner = "01920000-0000-7000-8000-000000000002";
    private const string Agent = "01920000-0000-7000-8000-000000000003";
    private const string Event = "01920000-0000-7000-8000-000000000004";
    private const string FirstKept = "018ae87b-f000-0000-0000-000000000000";
    private const string Trace = "01920000-0000-7000-8000-000000000005";

    private static readonly string[] Steps = ["0001_first_schema.sql", "0002_events_by_time.sql", "0003_generations_and_scopes.sql", "0004_leaves.sql", "0005_provable_record.sql", "0006_session_facts.sql", "0007_counts.sql"];

    private readonly TemporaryFolder _folder = new();
    private readonly NewKey _agentKey = ApiKey.Create(KeyKind.Agent);
    private readonly NewKey _adminKey = ApiKey.Create(KeyKind.Admin);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Open_OfAnOlderFile_BringsItToThisVersionWithAllItHolds(int version)
    {
        WriteOldFile(version);

        using var database = SqliteDatabase.Open(_folder.Path);

        using var connection = database.Connect();
        connection.ExecuteScalar<int>("PRAGMA user_version").Should().Be(SqliteSchema.Version).And.Be(9);
        connection.ExecuteScalar<string>("PRAGMA integrity_check").Should().Be("ok");
        connection.QuerySingle<Generations>(Generations.Sql).Should().Be(new Generations { Policies = 1, Keys = 1 });
        connection.ExecuteScalar<long>("SELECT bootstrapped_at FROM store_state").Should().Be(1_700_000_000_000);
        connection.ExecuteScalar<long>("SELECT count(*) FROM api_key WHERE scopes IS NULL").Should().Be(2);
        new AuditReader(database).FindDecision(Agent, Trace)!.Id.Should().Be(Event);
        new AuditReader(database).Page(new AuditQuery { Decision = "deny", Agent = "old" }).Events.Should().ContainSingle().Which.Position.Should().Be(1);
        var (json, salt, commitment) = connection.QuerySingle<(string, byte[], byte[])>("SELECT body, salt, commitment FROM audit_event JOIN audit_leaf USING (position, id)");
        json.Should().Contain("\"n\":\"12345678901234567890\"", "a double does not hold this number");
        EventLeaf.Commit(Guid.Parse(Event), Encoding.UTF8.GetBytes(json), salt).Commitment.ToArray().Should().Equal(commitment);
        ((Action)(() => connection.Execute("DELETE FROM audit_event"))).Should().Throw<SqliteException>().WithMessage("*never deleted*");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Gateway_OnAnOlderFile_GoesOnWithItsKeysAndPositions(int version)
    {
        WriteOldFile(version);
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { DataDirectory = _folder.Path });

        gateway.Host.FirstStart.Should().BeNull("the store has its organisation");
        (await gateway.DecideAsync(Some.Read(), _agentKey.Text)).Answer.Should().Be(Effects.Allow);
        var page = await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, Wire.EventsPath + "?agent=old", _adminKey.Text), ProtocolJson.Default.AuditPage, HttpStatusCode.OK);
        page.Events.Select(e => e.Position).Should().BeInDescendingOrder().And.HaveCount(2).And.EndWith(1);
    }

    /// <summary>What older versions recorded has no retention, and what they ended and counted stays so.</summary>
    [Fact]
    public void Open_OfAFileWithoutRetentionClasses_KeepsItsLeavesExpiriesAndNumbers()
    {
        WriteOldFile(7);

        using var database = SqliteDatabase.Open(_folder.Path);

        using var connection = database.Connect();
        connection.ExecuteScalar<int>("PRAGMA user_version").Should().Be(SqliteSchema.Version);
        connection.ExecuteScalar<string>("PRAGMA integrity_check").Should().Be("ok");
        connection.QuerySingle<(long, long)>("SELECT e.retention_days, l.retention_days FROM audit_event e JOIN audit_leaf l USING (position, id)").Should().Be((0, 0));
        LogStore.Leaves(connection, 0, 10).Should().ContainSingle().Which.ToLeaf()!.Value.ToArray().Should().HaveCount(49).And.StartWith([1]);
        RecordRetention.Latest(connection).Should().ContainSingle().Which.Value.Should().Be(new ExpiryRow { RetentionDays = 0, Before = 1_696_118_400_000, FirstId = FirstKept, ExpiredAt = 1_700_000_000_001 });
        connection.QuerySingle<(long, long, long)>("SELECT count, denied, retention_days FROM audit_count").Should().Be((1, 1, 0));
        foreach (var (statement, message) in new[] { ("DELETE FROM audit_event", "deleted"), ("DELETE FROM audit_expiry", "deleted"), ("UPDATE audit_expiry SET before = 1", "changed"), ("UPDATE audit_event SET retention_days = 1", "changed"), ("UPDATE audit_leaf SET retention_days = 1", "changed") })
        {
            ((Action)(() => connection.Execute(statement))).Should().Throw<SqliteException>().WithMessage($"*never {message}*");
        }

        connection.Execute("INSERT INTO audit_expiry (retention_days, before, first_id, expired_by, expired_at) VALUES (30, 9, 'ffffffff', 'x', 1)");
        ((Action)(() => connection.Execute("DELETE FROM audit_event"))).Should().Throw<SqliteException>("its retention is another one");
        connection.Execute("INSERT INTO audit_expiry (retention_days, before, first_id, expired_by, expired_at) VALUES (0, 9999999999999, 'ffffffff', 'x', 1)");
        connection.Execute("DELETE FROM audit_event").Should().Be(1);
    }

    [Fact]
    public void Open_OfAnEmptyFile_IsAStoreWithoutOrganisation()
    {
        using var database = SqliteDatabase.Open(_folder.Path);

        using var connection = database.Connect();
        connection.ExecuteScalar<long?>("SELECT bootstrapped_at FROM store_state").Should().BeNull();
        new IdentityStore(database).FindOrganisation().Should().BeNull();
    }

    [Fact]
    public void Open_OfANewerFile_IsRefused()
    {
        WriteOldFile(2, newest: "PRAGMA user_version = 99");

        var open = () => SqliteDatabase.Open(_folder.Path);

        open.Should().Throw<GatewayStartException>().WithMessage("*schema version 99; this program knows versions up to 9*");
    }

    public void Dispose() => _folder.Dispose();

    private void WriteOldFile(int version, string newest = "")
    {
        SqliteLibrary.Use();
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = _folder.File(SqliteDatabase.FileName), Pooling = false }.ToString());
        connection.Open();
        foreach (var step in Steps.Take(version))
        {
            using var stream = typeof(SqliteSchema).Assembly.GetManifestResourceStream($"sqlite.{step}")!;
            using var reader = new StreamReader(stream);
            connection.Execute(reader.ReadToEnd());
        }

        var body = $$"""{"id":"{{Event}}","time":"2023-11-14T22:13:20Z","kind":"decision","organisation":"default","agentId":"{{Agent}}","traceId":"{{Trace}}","effect":"deny","input":{"n":12345678901234567890} }""";
        connection.Execute(
            """
            INSERT INTO organisation VALUES (@Organisation, 'default', 1700000000000);
            INSERT INTO principal VALUES (@Owner, @Organisation, 'ada', 'person', 1700000000000);
            INSERT INTO agent VALUES (@Agent, @Organisation, @Owner, 'old', '["dev-assistant"]', 'verified', 0, 1700000000000, NULL);
            INSERT INTO api_key (id, prefix, hash, kind, agent_id, principal_id, created_at, expires_at, revoked_at) VALUES ('k1', @AgentPrefix, @AgentHash, 'agent', @Agent, NULL, 1700000000000, NULL, NULL);
            INSERT INTO api_key (id, prefix, hash, kind, agent_id, principal_id, created_at, expires_at, revoked_at) VALUES ('k2', @AdminPrefix, @AdminHash, 'admin', NULL, @Owner, 1700000000000, NULL, NULL);
            INSERT INTO audit_event (id, time, kind, organisation, agent_id, agent_name, trace_id, effect, body)
            VALUES (@Event, 1700000000000, 'decision', 'default', @Agent, 'old', @Trace, 'deny', @body);
            """,
            new { Organisation, Owner, Agent, Event, Trace, body, AgentPrefix = _agentKey.Prefix, AgentHash = _agentKey.Hash, AdminPrefix = _adminKey.Prefix, AdminHash = _adminKey.Hash });
        if (version >= 3)
        {
            connection.Execute("UPDATE store_state SET bootstrapped_at = 1700000000000");
        }

        if (version >= 7)
        {
            var salt = new byte[EventLeaf.SaltLength];
            connection.Execute(
                """
                DROP TRIGGER audit_event_no_update;
                UPDATE audit_event SET salt = @salt, body = replace(body, '12345678901234567890', '1');
                CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit events are never changed'); END;
                INSERT INTO audit_leaf (position, id, commitment) VALUES (1, @Event, @commitment);
                INSERT INTO audit_expiry (before, first_id, expired_by, expired_at) VALUES (1696118400000, @FirstKept, @Event, 1700000000001);
                INSERT INTO audit_count (level, slot, dimension, digest, subject, count, denied) VALUES (2, 1698796800000, 'kind', 'd', '["decision"]', 1, 1);
                """,
                new { salt, Event, FirstKept, commitment = EventLeaf.Commit(Guid.Parse(Event), Encoding.UTF8.GetBytes(body.Replace("12345678901234567890", "1", StringComparison.Ordinal)), salt).Commitment.ToArray() });
        }

        // 0x47524431: "GRD1".
        connection.Execute($"PRAGMA application_id = {0x47524431}; PRAGMA user_version = {version}; {newest}");
    }
}
