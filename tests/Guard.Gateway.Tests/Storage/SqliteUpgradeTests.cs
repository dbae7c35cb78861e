using System.Net;
using System.Text;
using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
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
    private const string Trace = "01920000-0000-7000-8000-000000000005";

    private static readonly string[] Steps = ["0001_first_schema.sql", "0002_events_by_time.sql", "0003_generations_and_scopes.sql"];

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
        connection.ExecuteScalar<int>("PRAGMA user_version").Should().Be(SqliteSchema.Version).And.Be(7);
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

        open.Should().Throw<GatewayStartException>().WithMessage("*schema version 99; this program knows versions up to 7*");
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

        // 0x47524431: "GRD1".
        connection.Execute($"PRAGMA application_id = {0x47524431}; PRAGMA user_version = {version}; {newest}");
    }
}
