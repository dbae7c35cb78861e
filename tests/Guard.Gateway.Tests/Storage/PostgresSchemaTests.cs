using Dapper;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Guard.Gateway.Tests.Storage;

/// <summary>First start, roles and limits of the schema, on a real server.</summary>
public sealed class PostgresSchemaTests : IDisposable
{
    private readonly PostgresOptions _options = PostgresServer.Shared.CreateDatabase();

    [Fact]
    public async Task Open_BySeveralAtOnceOnAnEmptyDatabase_MakesOneSchemaAndOneBootstrap()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using var database = Open();
            return Bootstrap.Run(new IdentityStore(database), new GatewayOptions { DataDirectory = "/nowhere" });
        })));

        starts.Where(start => start is not null).Should().ContainSingle();
        using var connection = PostgresServer.Shared.Open(_options);
        connection.QuerySingle<long>("SELECT count(*) FROM organisation").Should().Be(1);
        connection.QuerySingle<long>("SELECT count(*) FROM schema_version").Should().Be(PostgresSchema.Current);
        connection.QuerySingle<long>("SELECT count(*) FROM audit_event").Should().Be(2, "organisation and agent, once");
    }

    [Fact]
    public void Open_OfANewerSchema_IsRefused()
    {
        Open().Dispose();
        Execute("INSERT INTO guard.schema_version (version, step) VALUES (99, '')");

        ((Action)(() => Open().Dispose())).Should().Throw<GatewayStartException>().WithMessage("The database */guard_* has schema version 99; this program knows versions up to 4. Run the newer Guard that wrote it.");
    }

    [Theory]
    [InlineData("UPDATE guard.schema_version SET step = 'another text' WHERE version = 1")]
    [InlineData("ALTER TABLE guard.schema_version DROP COLUMN step")]
    public void Open_OfASchemaWhoseStepsWereOthers_IsRefused(string change)
    {
        Open().Dispose();
        Execute(change);

        ((Action)(() => Open().Dispose())).Should().Throw<GatewayStartException>().WithMessage("The database */guard_* was made by a Guard from before this schema was settled, and cannot be brought to it. Run that Guard, or give this one a database of its own.");
    }

    /// <summary>Nothing is counted again for it: with a record of years that takes long.</summary>
    [Fact]
    public void Open_OfASchemaWhoseCountsLieInOneTable_KeepsThem()
    {
        Open().Dispose();
        Execute("""
            SET search_path = guard;
            DROP TABLE audit_count;
            CREATE TABLE audit_count (level bigint NOT NULL, slot bigint NOT NULL, dimension text NOT NULL, digest text NOT NULL, retention_days integer NOT NULL,
                subject text COLLATE "C" NOT NULL, count bigint NOT NULL, denied bigint NOT NULL, PRIMARY KEY (level, dimension, slot, digest, retention_days));
            INSERT INTO audit_count SELECT level, 3600000, 'effect', 'digest', 30, '["allow"]', 10 + level, 1 FROM generate_series(0, 2) AS level;
            DROP INDEX audit_event_agent_effect;
            DELETE FROM schema_version WHERE version >= 3;
            """);

        Open().Dispose();

        using var connection = PostgresServer.Shared.Open(_options);
        connection.Query<(string, long, string, long)>("SELECT tableoid::regclass::text, slot, subject, count FROM audit_count ORDER BY level").Should().Equal(
            ("audit_count_hour", 3600000, "[\"allow\"]", 10), ("audit_count_day", 3600000, "[\"allow\"]", 11), ("audit_count_month", 3600000, "[\"allow\"]", 12));
        connection.QuerySingle<bool>("SELECT to_regclass('audit_event_agent_effect') IS NOT NULL").Should().BeTrue();
    }

    [Fact]
    public void Open_OfADatabaseWithAnothersSchema_IsRefusedAndLeftAlone()
    {
        Execute("CREATE SCHEMA guard; CREATE TABLE guard.sentry (name text)");

        ((Action)(() => Open().Dispose())).Should().Throw<GatewayStartException>().WithMessage("*has a schema `guard` that belongs to another program. Give Guard a database of its own.");
        using var connection = PostgresServer.Shared.Open(_options);
        connection.QuerySingle<long>("SELECT count(*) FROM pg_tables WHERE schemaname = 'guard'").Should().Be(1);
    }

    [Fact]
    public void Open_WithARoleThatMayNotMigrate_SaysWhichConnectionIsMissing()
    {
        var worker = Role();

        ((Action)(() => Open(As(worker)).Dispose())).Should().Throw<GatewayStartException>()
            .WithMessage("*the role may not do that (PostgreSQL says 42501: *--migration-database-file*");
    }

    /// <summary>The shared server of the tests runs without fsync, so it is one of those that are refused.</summary>
    [Fact]
    public void Open_OfAServerThatCanLoseCommits_IsRefusedWithTheRemedy()
    {
        var open = () => Open(_options with { AllowVolatile = false });

        open.Should().Throw<GatewayStartException>().WithMessage("The server of the database * runs with fsync=off and full_page_writes=off, so a power cut can take events whose calls were allowed. Set fsync=on and full_page_writes=on, *--allow-volatile-database.");
    }

    [Fact]
    public void Open_ByARoleThatCommitsAsynchronously_CommitsSynchronouslyAllTheSame()
    {
        var role = Role();
        using (var connection = PostgresServer.Shared.Open(_options))
        {
            connection.Execute($"ALTER ROLE {role} SET synchronous_commit = off");
        }

        using var database = Open(As(role) with { MigrationConnection = _options.Connection });

        using var work = database.Connect();
        work.QuerySingle<string>("SHOW synchronous_commit").Should().Be("on");
    }

    /// <summary>docs/operations.md, the roles of PostgreSQL.</summary>
    [Theory]
    [InlineData("UPDATE audit_event SET effect = 'allow'")]
    [InlineData("DELETE FROM audit_event")]
    [InlineData("TRUNCATE audit_event")]
    [InlineData("UPDATE audit_leaf SET id = gen_random_uuid()")]
    [InlineData("DELETE FROM audit_leaf")]
    [InlineData("TRUNCATE audit_leaf")]
    [InlineData("DELETE FROM agent")]
    [InlineData("DELETE FROM api_key")]
    [InlineData("DELETE FROM session")]
    [InlineData("UPDATE policy_version SET text = ''")]
    [InlineData("UPDATE bundle SET hash = ''")]
    [InlineData("DELETE FROM store_state")]
    [InlineData("ALTER TABLE audit_event DISABLE TRIGGER ALL")]
    [InlineData("DROP TABLE audit_leaf")]
    [InlineData("CREATE TABLE guard.mine (id int)")]
    [InlineData("CREATE OR REPLACE FUNCTION guard.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'")]
    public void RunningRole_TryingMoreThanItNeeds_IsRefused(string sql)
    {
        var worker = As(Role()) with { MigrationConnection = _options.Connection };
        using var database = Open(worker);
        Append(database);
        using var connection = PostgresServer.Shared.Open(worker);

        ((Action)(() => connection.Execute(sql))).Should().Throw<PostgresException>().Where(e => e.SqlState == PostgresErrorCodes.InsufficientPrivilege);
        new AuditReader(database).Page(new AuditQuery()).Events.Should().ContainSingle();
    }

    [Theory]
    [InlineData("UPDATE audit_event SET effect = 'allow'", "never changed")]
    [InlineData("DELETE FROM audit_event", "never deleted")]
    [InlineData("TRUNCATE audit_event", "never deleted")]
    [InlineData("DO $$ BEGIN EXECUTE 'TRUNCATE ' || (SELECT tableoid::regclass FROM audit_event LIMIT 1); END $$", "never deleted")]
    [InlineData("UPDATE audit_leaf SET id = gen_random_uuid()", "never changed")]
    [InlineData("DELETE FROM audit_leaf", "never deleted")]
    [InlineData("TRUNCATE audit_leaf", "never deleted")]
    public void Owner_ByMistake_IsRefusedToo(string sql, string message)
    {
        using var database = Open();
        Append(database);
        using var connection = PostgresServer.Shared.Open(_options);

        ((Action)(() => connection.Execute(sql))).Should().Throw<PostgresException>().WithMessage($"*audit events are {message}*");
    }

    [Fact]
    public void Event_OfAMonthWithoutPartition_GetsOne()
    {
        var worker = As(Role()) with { MigrationConnection = _options.Connection };
        using var database = Open(worker);

        var time = TimeProvider.System.GetUtcNow().AddYears(2);
        Append(database, time);

        new AuditReader(database).Page(new AuditQuery()).Events.Should().ContainSingle().Which.Time.Should().Be(time);
    }

    [Fact]
    public void Events_OfSeveralRetentionsAndMonths_LieInPartitionsOfTheirOwn()
    {
        var worker = As(Role()) with { MigrationConnection = _options.Connection };
        using var database = Open(worker);
        using var store = database.OpenAuditStore();
        var now = TimeProvider.System.GetUtcNow();

        store.Append([Record(now), Record(now, 30), Record(now, 90), Record(now.AddYears(2), 90)]).Should().AllBeEquivalentTo(AppendResult.Appended);

        using var connection = PostgresServer.Shared.Open(worker);
        connection.Query<string>("SELECT tableoid::regclass::text FROM audit_event ORDER BY position").Should().Equal(
            $"audit_event_0_{now:yyyy_MM}", $"audit_event_30_{now:yyyy_MM}", $"audit_event_90_{now:yyyy_MM}", $"audit_event_90_{now.AddYears(2):yyyy_MM}");
        connection.Query<int>("SELECT retention_days FROM audit_leaf ORDER BY position").Should().Equal(0, 30, 90, 90);
    }

    /// <summary>Every query looks into all of them, so their number has an end; and nothing goes before its time for it.</summary>
    [Fact]
    public void Retention_BeyondTheMostThatARecordHas_IsKeptAsTheNextLonger()
    {
        using var database = Open();
        using var connection = PostgresServer.Shared.Open(_options);
        var now = TimeProvider.System.GetUtcNow();
        for (var days = 100; days < 164; days++)
        {
            connection.QuerySingle<int>("SELECT prepare_months(@days, @now, 1)", new { days, now = now.ToUnixTimeMilliseconds() }).Should().Be(days);
        }

        using var store = database.OpenAuditStore();
        store.Append([Record(now, 99), Record(now, 163), Record(now, 164), Record(now)]).Should().AllBeEquivalentTo(AppendResult.Appended);
        store.Append([Record(now, 99)]).Should().Equal(AppendResult.Appended);

        connection.Query<(int, int)>("SELECT l.retention_days, e.retention_days FROM audit_leaf l JOIN audit_event e USING (position) ORDER BY position").Should().Equal((100, 100), (163, 163), (0, 0), (0, 0), (100, 100));
    }

    [Theory]
    [InlineData("SELECT prepare_months(-1, 1767225600000, 1)", "a retention has 1 to 36500 days, or 0 where there is none")]
    [InlineData("SELECT prepare_months(36501, 1767225600000, 1)", "a retention has 1 to 36500 days, or 0 where there is none")]
    [InlineData("SELECT prepare_months(30, 1767225600000, 25)", "from 1 to 24 months can be prepared at once")]
    [InlineData("SELECT prepare_months(30, 4102444800000, 1)", "is out of range")]
    public void Partitions_OfWhatNoEventCanHave_AreNotMade(string sql, string message)
    {
        using var database = Open();
        using var connection = PostgresServer.Shared.Open(_options);

        ((Action)(() => connection.Execute(sql))).Should().Throw<PostgresException>().WithMessage($"*{message}*");
    }

    [Fact]
    public void Record_ThatTheStoreRefuses_HarmsNoOther()
    {
        using var database = Open();
        using var store = database.OpenAuditStore();
        var good = Record(TimeProvider.System.GetUtcNow());
        var bad = Record(DateTimeOffset.MaxValue.AddYears(-1000));

        // No partition can be made for the year 8999.
        var append = () => store.Append([good, bad]);

        append.Should().Throw<PostgresException>().WithMessage("*out of range: is the clock of the gateway right?*");
        store.Append([good]).Should().Equal(AppendResult.Appended);
    }

    [Fact]
    public void Append_OfAGroupAgain_CountsAsStoredOnce()
    {
        using var database = Open();
        using var store = database.OpenAuditStore();
        var group = new[] { Record(TimeProvider.System.GetUtcNow()), Record(TimeProvider.System.GetUtcNow()) };

        store.Append(group).Should().Equal(AppendResult.Appended, AppendResult.Appended);
        store.Append(group).Should().Equal([AppendResult.Appended, AppendResult.Appended], "an answer that was lost is asked for again");
        new AuditReader(database).Page(new AuditQuery()).Events.Should().HaveCount(2);
    }

    /// <summary>Whatever the store says while a gateway starts, whoever starts it reads one line of it and what to do.</summary>
    [Fact]
    public async Task Start_WhoseStoreFailsAfterItWasOpened_IsRefusedInOneMessage()
    {
        Open().Dispose();
        Execute("ALTER TABLE guard.organisation RENAME TO organization");
        using var folder = new TemporaryFolder();
        var options = new GatewayOptions { DataDirectory = folder.File("data"), MachineSettingsPath = folder.File("none/gateway.json"), UnixSocketPath = folder.File("s"), Postgres = _options };

        var start = () => GatewayHost.StartAsync(options, CancellationToken.None);

        (await start.Should().ThrowAsync<GatewayStartException>())
            .WithMessage("The store failed while the gateway started: PostgreSQL says 42P01: relation \"organisation\" does not exist. Nothing that was recorded is lost. See that the store answers, then start the gateway again.");
        File.Exists(options.UnixSocketPath).Should().BeFalse("what was made for it is taken back");
    }

    public void Dispose() => PostgresServer.Shared.Drop(_options);

    private PostgresDatabase Open(PostgresOptions? options = null) => PostgresDatabase.Open(options ?? _options, TimeProvider.System, NullLogger<PostgresDatabase>.Instance);

    private static void Append(PostgresDatabase database, DateTimeOffset? time = null)
    {
        using var store = database.OpenAuditStore();
        store.Append([Record(time ?? TimeProvider.System.GetUtcNow())]).Should().Equal(AppendResult.Appended);
    }

    private static AuditRecord Record(DateTimeOffset time, int retention = RetentionClass.None) => AuditRecord.Of(new AuditEvent
    {
        Id = Ids.New(time),
        Time = time,
        Kind = AuditKinds.Decision,
        Organisation = "default",
        AgentId = "01920000-0000-7000-8000-0000000000aa",
        TraceId = Some.Trace(),
        Effect = Effects.Deny,
    }, retention);

    // Roles belong to the server, so each test has its own.
    private string Role()
    {
        var role = "worker_" + Guid.NewGuid().ToString("N");
        Execute($"CREATE ROLE {role} LOGIN");
        return role;
    }

    private PostgresOptions As(string role) => _options with { Connection = new NpgsqlConnectionStringBuilder(_options.Connection) { Username = role }.ConnectionString };

    private void Execute(string sql)
    {
        using var connection = PostgresServer.Shared.Open(_options);
        connection.Execute(sql);
    }
}
