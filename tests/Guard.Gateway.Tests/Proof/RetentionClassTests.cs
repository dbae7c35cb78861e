using System.Text.Json;
using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Gateway.Tests.Spooled;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Proof;

/// <summary>Events of different agents are kept for different times, and what is fixed when they are recorded stays.</summary>
public abstract class RetentionClassTests(StoreKind kind) : StoreTests(kind), IAsyncLifetime
{
    private static readonly DateTimeOffset January = new(2026, 1, 10, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly SetClock _clock = new(January);
    private TestGateway _gateway = null!;
    private GuardCommands _guard = null!;
    private string _long = "";
    private string _key = "";

    private string Checkpoints => _folder.File("published");

    public async Task InitializeAsync()
    {
        _gateway = await StartAsync(adjust: options => options with
        {
            Clock = _clock,
            Retention = new RetentionOptions { Interval = TimeSpan.FromMilliseconds(20), Pause = TimeSpan.FromMilliseconds(1) },
            Proof = new ProofOptions { Interval = TimeSpan.FromMilliseconds(20), PublishInterval = TimeSpan.Zero, CheckpointFiles = [Checkpoints] },
        });
        _guard = new GuardCommands(_gateway, _folder);
        await ApplyAsync(("everyone", 30, "*"), ("long", 90, "long-*"), ("shorter", 5, "*"));
        _long = (await _gateway.CreateAgentAsync("long-1")).ApiKey;
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Events_HaveTheLongestRetentionOfThePoliciesThatApplyToTheirAgent()
    {
        foreach (var key in new[] { _gateway.Credentials.AgentKey, _long })
        {
            var trace = (await _gateway.DecideAsync(Some.Read(), key)).TraceId;
            (await _gateway.ReportAsync(Some.Outcome(trace), key)).EnsureSuccessStatusCode();
            await SpoolTests.HandOverAsync(_gateway, [SpoolTests.Line(SpoolTests.Denied(Some.Read()) with { Id = Ids.New(_clock.Now) })], key);
        }

        Stored().Where(static row => row.Kind != AuditKinds.Administration).Should().Equal(
            (AuditKinds.Decision, "first", 30L), (AuditKinds.Outcome, "first", 30L), (AuditKinds.HookDenied, "first", 30L),
            (AuditKinds.Decision, "long-1", 90L), (AuditKinds.Outcome, "long-1", 90L), (AuditKinds.HookDenied, "long-1", 90L));
        // Organisation, agent, folder and the policies themselves came before any policy stated a retention.
        Stored().Where(static row => row.Kind == AuditKinds.Administration).Select(static row => row.Days).Should().Equal(0, 0, 0, 0, 0, 0, 90);
    }

    [Fact]
    public async Task Months_OfAShorterRetention_GoWhileThoseOfALongerStayAndAreProven()
    {
        var (shorter, longer) = await RecordAsync();
        await ExpiredAsync(30);

        (Has(shorter), Has(longer)).Should().Be((false, true));
        (await VerifyAsync()).Output.Should().StartWith("The record holds: ").And.Contain("  1 expired at the end of their retention.");
        await _guard.DoneAsync("audit", "prove", longer, "-o", "longer.tlog-proof");
        (await _guard.DoneAsync("audit", "check", "longer.tlog-proof", "--key", _key)).Should().StartWith($"The proof holds: event {longer} ").And.Contain("/home/dev/app/README.md");
        await _guard.DoneAsync("audit", "prove", shorter, "-o", "shorter.tlog-proof");
        (await _guard.DoneAsync("audit", "check", "shorter.tlog-proof", "--key", _key)).Should().Contain("It shows nothing of what the event says.");
        var said = (await _gateway.EventsAsync("?kind=administration")).Events[0];
        Stored()[^1].Should().Be((AuditKinds.Administration, null, 30L), "what says it goes with an expiry that says the same and more");
        said.Change!.Target.Should().Be("2026-02-01T00:00:00.0000000Z class 30");
    }

    [Fact]
    public async Task Policy_ThatStatesLessOrIsRemoved_ShortensNothingThatIsRecorded()
    {
        var (_, longer) = await RecordAsync();
        await ApplyAsync(("long", 1, "*"), ("everyone", 1, "*"));
        await ExpiredAsync(30);
        (await _gateway.SendAsync(HttpMethod.Delete, "/v1/policies/long", _gateway.Credentials.AdminKey)).EnsureSuccessStatusCode();
        var later = (await _gateway.DecideAsync(Some.Read(), _long)).EventId;

        await LookedAgainAsync();

        (Has(longer), Has(later)).Should().Be((true, true));
        Stored()[^1].Should().Be((AuditKinds.Decision, "long-1", 5L), "of what is recorded from then on");
    }

    /// <summary>Who may write the database has a lawful expiry of a shorter retention at hand.</summary>
    [Theory]
    [InlineData("DELETE FROM audit_event WHERE id = {0}", "has no body or no salt: it was removed, and neither erased nor expired")]
    [InlineData("UPDATE audit_event SET retention_days = 30 WHERE id = {0}", "has no body or no salt: it was removed, and neither erased nor expired")]
    [InlineData("UPDATE audit_event SET retention_days = 60 WHERE id = {0}", "says another `retention_days` in its columns than in itself, which misleads lists: it was changed")]
    [InlineData("UPDATE audit_leaf SET retention_days = 30 WHERE id = {0}; DELETE FROM audit_event WHERE id = {0}", ", where the log has another one: it was changed, inserted, or one before it was removed")]
    [InlineData("UPDATE audit_leaf SET retention_days = 77777 WHERE id = {0}; DELETE FROM audit_event WHERE id = {0}", ", where the log has another one: it was changed, inserted, or one before it was removed")]
    [InlineData("INSERT INTO audit_expiry SELECT 90, before, first_id, expired_by, expired_at FROM audit_expiry; DELETE FROM audit_event WHERE id = {0}", "has no body, and no event says that its retention has ended: it was removed")]
    public async Task Body_OfALongerRetentionDeletedUnderTheExpiryOfAShorterOne_IsReportedAsRemoved(string sql, string problem)
    {
        var (_, longer) = await RecordAsync();
        await ExpiredAsync(30);
        // What is changed before it is signed, or is what was signed last, stops the signing.
        await SignedAsync();
        StoreTampering.Run(_gateway, connection =>
        {
            if (Kind == StoreKind.Postgres)
            {
                connection.Execute("ALTER TABLE audit_leaf DROP CONSTRAINT audit_leaf_retention_days_check");
                connection.Execute("SELECT prepare_months(days, @january, 1) FROM unnest(ARRAY[30, 60]) AS days", new { january = January.ToUnixTimeMilliseconds() });
            }

            connection.Execute(string.Format(sql, Kind == StoreKind.Postgres ? $"'{longer}'::uuid" : $"'{longer}'"));
        });

        // A body that was moved to the shorter one goes with it.
        await LookedAgainAsync();
        var (exitCode, output) = await VerifyAsync();

        exitCode.Should().Be(1);
        output.Should().Contain(problem);
    }

    [Fact]
    public async Task Expiry_ByHand_EndsOneRetentionOrAll()
    {
        var (shorter, longer) = await RecordAsync();

        (await _guard.DoneAsync("audit", "expire", "--before", "2026-02", "--class", "90", "--reason", "Asked for"))
            .Should().MatchRegex("^All months before 2026-02 are expired of events that were kept for 90 days; event [-0-9a-f]{36} says so.\n$");
        (Has(shorter), Has(longer)).Should().Be((true, false));
        (await _guard.RunAsync("audit", "expire", "--before", "2026-02", "--class", "90", "--reason", "x")).Error.Should().Contain("Events from before 2026-02 have expired already.");

        var expiry = JsonSerializer.Deserialize(await _guard.DoneAsync("audit", "expire", "--before", "2026-02", "--class", "none", "--reason", "x", "--json"), ProtocolJson.Default.Expiry)!;
        expiry.Classes.Should().ContainSingle().Which.Class.Should().Be("none");
        (Has(shorter), Has(longer)).Should().Be((true, false));

        (await _guard.DoneAsync("audit", "expire", "--before", "2026-02", "--reason", "The rest"))
            .Should().MatchRegex("^All months before 2026-02 are expired:\n(  events that were kept for [0-9]+ days; event [-0-9a-f]{36} says so.\n)+$").And.Contain("for 30 days");
        (Has(shorter), Has(longer)).Should().Be((false, false));
        (await VerifyAsync()).Output.Should().StartWith("The record holds: ");
    }

    [Theory]
    [InlineData("17")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("030")]
    [InlineData("all")]
    public async Task Expiry_OfARetentionThatTheRecordHasNot_IsRefused(string retention)
    {
        await RecordAsync();

        var (exitCode, _, error) = await _guard.RunAsync("audit", "expire", "--before", "2026-02", $"--class={retention}", "--reason", "x");

        exitCode.Should().Be(6);
        error.Should().Contain("`class` must be `none`, or a number of days that events in the record are kept for.");
    }

    /// <summary>The event that says an erasure goes with what it erased, whatever policies state by then; so do those that say expiries.</summary>
    [Fact]
    public async Task Record_WhoseRemovalsHaveExpiredUnderOtherPolicies_Holds()
    {
        var (shorter, longer) = await RecordAsync();
        foreach (var id in new[] { shorter, longer })
        {
            await _guard.DoneAsync("audit", "erase", id, "--reason", "Asked for");
        }

        Stored().TakeLast(2).Select(static row => row.Days).Should().Equal(30, 90);
        await ApplyAsync(("long", 1, "*"), ("everyone", 1, "*"));
        await _guard.DoneAsync("audit", "expire", "--before", "2026-02", "--reason", "All of it");
        for (var month = 3; month < 7; month++)
        {
            _clock.Now = January.AddMonths(month);
            await LookedAgainAsync();
            (await VerifyAsync()).Output.Should().StartWith("The record holds: ");
        }

        await _guard.DoneAsync("audit", "expire", "--before", "2026-07", "--class", "none", "--reason", "What is without a retention");
        (await VerifyAsync()).Output.Should().StartWith("The record holds: ");
        await _guard.DoneAsync("audit", "expire", "--before", "2026-07", "--reason", "The rest");
        (await VerifyAsync()).Output.Should().StartWith("The record holds: ").And.Contain("  2 erased, as the record says.");
        Stored().Where(static row => row.Kind == AuditKinds.Decision).Should().BeEmpty();
    }

    // One event of each retention in January; then it is March.
    private async Task<(string Shorter, string Longer)> RecordAsync()
    {
        var shorter = (await _gateway.DecideAsync(Some.Read())).EventId;
        var longer = (await _gateway.DecideAsync(Some.Read(), _long)).EventId;
        _clock.Now = January.AddMonths(1);
        await _gateway.DecideAsync(Some.Read(), _long);
        return (shorter, longer);
    }

    private async Task ExpiredAsync(int days)
    {
        _clock.Now = January.AddMonths(2);
        await Eventually.BecomesAsync(
            () =>
            {
                using var connection = StoreTampering.Open(_gateway);
                return Task.FromResult(connection.QuerySingle<long>("SELECT count(*) FROM audit_expiry WHERE retention_days = @days", new { days }));
            },
            1);
        await LookedAgainAsync();
    }

    private async Task LookedAgainAsync()
    {
        var before = _gateway.Host.RetentionRounds;
        await Eventually.BecomesAsync(() => Task.FromResult(_gateway.Host.RetentionRounds >= before + 2), true);
    }

    private async Task ApplyAsync(params (string Name, int Days, string Agents)[] policies)
    {
        var files = policies.Select(static policy => ($"{policy.Name}.yaml", $"name: {policy.Name}\nversion: \"1.0\"\nappliesTo: {{ agents: [\"{policy.Agents}\"] }}\nrules:\n  - id: none\n    effect: deny\n    actions: [\"delegate:agent\"]\n    reason: \"No.\"\naudit: {{ retention_days: {policy.Days} }}\n"));
        var response = await _gateway.ApplyAsync([.. files]);
        response.IsSuccessStatusCode.Should().BeTrue(await response.Content.ReadAsStringAsync());
    }

    private IReadOnlyList<(string Kind, string? Agent, long Days)> Stored()
    {
        using var connection = StoreTampering.Open(_gateway);
        return connection.Query<(string, string?, long)>("SELECT kind, agent_name, CAST(e.retention_days AS bigint) FROM audit_event e JOIN audit_leaf l ON l.position = e.position AND l.retention_days = e.retention_days ORDER BY e.position").AsList();
    }

    private bool Has(string id)
    {
        using var connection = StoreTampering.Open(_gateway);
        return connection.QuerySingle<long>($"SELECT count(*) FROM audit_event WHERE CAST(id AS text) = @id", new { id }) > 0;
    }

    private Task SignedAsync() => Eventually.BecomesAsync(
        async () =>
        {
            using var connection = StoreTampering.Open(_gateway);
            var log = _gateway.Host.Log;
            var ahead = log.Size - await connection.QuerySingleAsync<long>("SELECT count(*) FROM audit_leaf");
            return log.Hindrance ?? (ahead == 0 ? "0" : $"{ahead} {log.Refusal}");
        },
        "0");

    private async Task<(int ExitCode, string Output)> VerifyAsync()
    {
        await SignedAsync();
        _key = _key.Length > 0 ? _key : (await _guard.DoneAsync("audit", "key")).Trim();
        var (exitCode, output, _) = await _guard.RunAsync("audit", "verify", "--checkpoint", Checkpoints, "--key", _key);
        return (exitCode, output);
    }
}

/// <inheritdoc/>
public sealed class SqliteRetentionClassTests() : RetentionClassTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresRetentionClassTests() : RetentionClassTests(StoreKind.Postgres);
