using System.Net;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Proof;
using Guard.Gateway.Tests.Stores;
using Guard.Proof.Notes;
using Guard.Proof.Tree;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Proof;

/// <summary>The log that a running gateway makes of its record.</summary>
public abstract class SequencerTests(StoreKind kind) : StoreTests(kind)
{
    // Organisation, agent and policies of the first start.
    private protected const int Begun = 3;

    [Fact]
    public async Task Events_Recorded_AreSoonUnderAHeadSignedByTheKeyOfTheDataDirectory()
    {
        await using var gateway = await StartAsync(adjust: Often);
        for (var i = 0; i < 5; i++)
        {
            await gateway.DecideAsync(Some.Read());
        }

        var head = await SignedAsync(gateway, Begun + 5);

        File.GetUnixFileMode(KeyPath(gateway)).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var key = LogKeyFile.Read(gateway.Options.DataDirectory)!;
        var checkpoint = Checkpoint.Open(head, key.Origin, [key.Signer.Verifier]);
        var leaves = new CompactRange();
        using var connection = Open(gateway);
        foreach (var (id, commitment) in connection.Query<(string, byte[])>($"SELECT CAST(id AS text), commitment FROM audit_leaf ORDER BY position"))
        {
            leaves.Append(new Guard.Proof.Leaves.EventLeaf { Id = Guid.Parse(id), Commitment = new MerkleHash(commitment) }.Hash());
        }

        checkpoint.Size.Should().Be(leaves.Size);
        checkpoint.Root.Should().Be(leaves.Root());
    }

    [Fact]
    public async Task Gateway_StartedAgain_GoesOnWithTheSameLog()
    {
        var gateway = await StartAsync(adjust: Often);
        await gateway.DecideAsync(Some.Read());
        var first = await SignedAsync(gateway, Begun + 1);
        await using var again = await gateway.RestartAsync();

        await again.DecideAsync(Some.Read());

        var second = await SignedAsync(again, Begun + 2);
        Checkpoint.Parse(second.Text).Origin.Should().Be(Checkpoint.Parse(first.Text).Origin);
        again.Host.Log.Refusal.Should().BeNull();
    }

    [Fact]
    public async Task Stop_RightAfterAnEvent_LeavesItSigned()
    {
        var gateway = await StartAsync(adjust: options => options with { Proof = new ProofOptions { Interval = TimeSpan.FromHours(1) } });
        await gateway.DecideAsync(Some.Read());
        await gateway.Host.StopAsync();

        Checkpoint.Parse(SignedNote.Parse(await File.ReadAllBytesAsync(MemoryPath(gateway))).Text).Size.Should().Be(Begun + 1);
        await gateway.DisposeAsync();
    }

    /// <summary>A backup put in place of the database: what was signed since is gone.</summary>
    [Fact]
    public async Task Store_OlderThanWhatWasSigned_IsNotSignedAndHealthSaysSo()
    {
        var gateway = await StartAsync(adjust: Often);
        await gateway.DecideAsync(Some.Read());
        await SignedAsync(gateway, Begun + 1);
        await gateway.Host.StopAsync();
        Tamper(gateway, "DELETE FROM audit_event WHERE position = (SELECT max(position) FROM audit_event)", "DELETE FROM audit_leaf WHERE position = (SELECT max(position) FROM audit_leaf)", "DELETE FROM log_head", "DELETE FROM log_tile");

        await using var again = await gateway.RestartAsync();

        await Eventually.BecomesAsync(() => Task.FromResult(again.Host.Log.Refusal is not null), true);
        again.Host.Log.Refusal.Should().Be("A checkpoint over 4 events was signed, and the store's log has 0: the store was restored from a backup, or cut. Nothing is signed");
        (await HealthAsync(again)).Should().Match<HealthCheck>(check => check.Status == "degraded" && check.Detail == again.Host.Log.Refusal);
        (await again.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow, "the log never stops decisions");
    }

    [Fact]
    public async Task Tree_RewrittenWhileTheGatewayRuns_IsNotSigned()
    {
        await using var gateway = await StartAsync(adjust: Often);
        await gateway.DecideAsync(Some.Read());
        await SignedAsync(gateway, Begun + 1);

        Tamper(gateway, Kind == StoreKind.Postgres ? "UPDATE log_tile SET hashes = overlay(hashes PLACING '\\xffff' FROM 40)" : "UPDATE log_tile SET hashes = CAST(substr(hashes, 1, 40) || x'ffff' || substr(hashes, 43) AS BLOB)");

        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Refusal is not null), true);
        gateway.Host.Log.Refusal.Should().StartWith("The stored tree of the first 4 events is not the one that was signed");
    }

    /// <summary>A leaf far ahead would have all later events left out of the log.</summary>
    [Fact]
    public async Task Leaf_InsertedFarAhead_IsFoundWithTheNextEvent()
    {
        await using var gateway = await StartAsync(adjust: Often);
        await SignedAsync(gateway, Begun);
        var insert = Kind == StoreKind.Postgres
            ? "INSERT INTO audit_leaf (position, id, clock, commitment) OVERRIDING SYSTEM VALUE VALUES (1000000000, gen_random_uuid(), 0, decode(repeat('00', 32), 'hex'))"
            : "INSERT INTO audit_leaf (position, id, commitment) VALUES (1000000000, '01980f3e-7c20-7d11-8a5e-3f2b1c0d9e8f', zeroblob(32))";
        Tamper(gateway, insert);
        await SignedAsync(gateway, Begun + 1);

        await gateway.DecideAsync(Some.Read());

        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Refusal), "Events have appeared in the store where the log has passed, or are gone from there: the store was changed. Nothing is signed");
    }

    [Fact]
    public async Task Head_SignedByAnotherKey_IsNotContinued()
    {
        await using var gateway = await StartAsync(adjust: Often);
        await gateway.DecideAsync(Some.Read());
        var head = Checkpoint.Parse((await SignedAsync(gateway, Begun + 1)).Text);
        using var foreign = LogKeyFile.Make(head.Origin, []);
        Tamper(gateway, $"UPDATE log_head SET note = '{SignedNote.Sign(head.ToText(), foreign.Signer)}'");

        await gateway.DecideAsync(Some.Read());

        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Refusal is not null), true);
        gateway.Host.Log.Refusal.Should().Be("The checkpoint has no signature of a key that is known.");
    }

    [Fact]
    public async Task Key_OfTheLogMissing_LeavesRecordingAloneAndSaysWhatToDo()
    {
        var gateway = await StartAsync(adjust: Often);
        await SignedAsync(gateway, Begun);
        await gateway.Host.StopAsync();
        File.Delete(KeyPath(gateway));

        await using var again = await gateway.RestartAsync();

        (await again.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        await Eventually.BecomesAsync(() => Task.FromResult(again.Host.Log.Hindrance is not null), true);
        again.Host.Log.Hindrance.Should().Be($"there is no {KeyPath(again)}: copy it from the gateway that signs, or begin a new log with `guard audit restart`");
        File.Exists(KeyPath(again)).Should().BeFalse("a second key would be a second log");
    }

    [Fact]
    public async Task Key_ThatOthersCanRead_KeepsTheGatewayFromStarting()
    {
        var gateway = await StartAsync(adjust: Often);
        await SignedAsync(gateway, Begun);
        await gateway.Host.StopAsync();
        File.SetUnixFileMode(KeyPath(gateway), UnixFileMode.UserRead | UnixFileMode.GroupRead);

        (await FluentActions.Awaiting(() => gateway.RestartAsync()).Should().ThrowAsync<GatewayStartException>()).WithMessage("*can be read by others*chmod 600*");
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task Clock_SetBack_ChangesNothingInTheOrderOfTheLog()
    {
        var clock = new SetClock(TimeProvider.System.GetUtcNow());
        await using var gateway = await StartAsync(adjust: options => Often(options) with { Clock = clock });
        await gateway.DecideAsync(Some.Read());
        clock.Now -= TimeSpan.FromDays(1);
        await gateway.DecideAsync(Some.Read());

        await SignedAsync(gateway, Begun + 2);
        gateway.Host.Log.Refusal.Should().BeNull();
    }

    private protected static GatewayOptions Often(GatewayOptions options) => options with { Proof = options.Proof with { Interval = TimeSpan.FromMilliseconds(20), PublishInterval = TimeSpan.Zero } };

    private protected static string KeyPath(TestGateway gateway) => Path.Combine(gateway.Options.DataDirectory, LogKeyFile.FileName);

    private protected static string MemoryPath(TestGateway gateway) => Path.Combine(gateway.Options.DataDirectory, CheckpointMemory.FileName);

    private protected async Task<SignedNote> SignedAsync(TestGateway gateway, long size)
    {
        await Eventually.BecomesAsync(() => Task.FromResult(gateway.Host.Log.Refusal ?? gateway.Host.Log.Size.ToString()), size.ToString());
        using var connection = Open(gateway);
        return SignedNote.Parse(System.Text.Encoding.UTF8.GetBytes(connection.QuerySingle<string>("SELECT note FROM log_head")));
    }

    private protected static async Task<HealthCheck> HealthAsync(TestGateway gateway)
    {
        var response = await gateway.SendAsync(HttpMethod.Get, "/health/ready", null);
        response.StatusCode.Should().Be(HttpStatusCode.OK, "what is degraded decides and records");
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), ProtocolJson.Default.HealthReport)!.Checks.Single(check => check.Name == "audit-log");
    }

    private protected System.Data.Common.DbConnection Open(TestGateway gateway) => StoreTampering.Open(gateway);

    private protected void Tamper(TestGateway gateway, params string[] statements) => StoreTampering.Run(gateway, statements);
}

/// <inheritdoc/>
public sealed class SqliteSequencerTests() : SequencerTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresSequencerTests() : SequencerTests(StoreKind.Postgres)
{
    [Fact]
    public async Task Gateways_OnOneDatabaseWithOneKey_MakeOneLogAndGoOnWhenOneDies()
    {
        await using var one = await StartAsync(adjust: Often);
        await SignedAsync(one, Begun);
        await using (var two = await one.JoinAsync(options =>
        {
            Directory.CreateDirectory(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Copy(KeyPath(one), Path.Combine(options.DataDirectory, LogKeyFile.FileName));
            return options;
        }))
        {
            await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? one : two).DecideAsync(Some.Read())));
            await SignedAsync(one, Begun + 60);
            await SignedAsync(two, Begun + 60);
            two.Host.Log.Refusal.Should().BeNull();
        }

        await one.DecideAsync(Some.Read());
        await SignedAsync(one, Begun + 61);
        one.Host.Log.Refusal.Should().BeNull();
        one.Host.Log.Hindrance.Should().BeNull();
    }

    /// <summary>docs/audit.md: copy it to the others.</summary>
    [Fact]
    public async Task Key_RotatedOnOneGateway_IsTakenByTheOtherOnceItIsCopied()
    {
        await using var one = await StartAsync(adjust: Often);
        await SignedAsync(one, Begun);
        await using var two = await one.JoinAsync();
        var copy = Path.Combine(two.Options.DataDirectory, LogKeyFile.FileName);
        await Eventually.BecomesAsync(() => Task.FromResult(two.Host.Log.Hindrance?.StartsWith("there is no ", StringComparison.Ordinal)), true);
        File.Copy(KeyPath(one), copy);
        await Eventually.BecomesAsync(() => Task.FromResult(two.Host.Log.Hindrance), null);

        using var folder = new TemporaryFolder();
        await new GuardCommands(one, folder).DoneAsync("audit", "rotate-key", "--reason", "A test");
        await Eventually.BecomesAsync(() => Task.FromResult(two.Host.Log.Hindrance), $"{copy} is not the key that the log is signed with now: copy the one of the gateway that signs, or begin a new log with `guard audit restart`");
        File.Copy(KeyPath(one), copy, overwrite: true);

        await Eventually.BecomesAsync(() => Task.FromResult(two.Host.Log.Hindrance), null);
        await two.DecideAsync(Some.Read());
        await SignedAsync(two, Begun + 2);
        one.Host.Log.Refusal.Should().BeNull();
    }

    /// <summary>docs/operations.md: what the running role may do is enough for all of it.</summary>
    [Fact]
    public async Task Log_OfARoleThatOwnsNothing_IsMadeProvenErasedAndExpired()
    {
        var role = "worker_" + Guid.NewGuid().ToString("N");
        await using var gateway = await StartAsync(adjust: options =>
        {
            using var owner = PostgresServer.Shared.Open(options.Postgres!);
            owner.Execute($"CREATE ROLE {role} LOGIN");
            var worker = new Npgsql.NpgsqlConnectionStringBuilder(options.Postgres!.Connection) { Username = role }.ConnectionString;
            return Often(options) with { Postgres = options.Postgres with { Connection = worker, MigrationConnection = options.Postgres.Connection } };
        });
        using var folder = new TemporaryFolder();
        var guard = new GuardCommands(gateway, folder);
        var decision = await gateway.DecideAsync(Some.Read());
        await guard.DoneAsync("audit", "prove", decision.EventId);

        await guard.DoneAsync("audit", "erase", decision.EventId, "--reason", "A test");
        await guard.DoneAsync("audit", "expire", "--before", "2024-01", "--reason", "A test");
        await guard.DoneAsync("audit", "rotate-key", "--reason", "A test");
        await guard.DoneAsync("audit", "restart", "--reason", "A test");

        (await guard.DoneAsync("audit", "verify")).Should().Contain("1 erased");
        using var connection = PostgresServer.Shared.Open(gateway.Options.Postgres!);
        foreach (var sql in (string[])["DELETE FROM audit_erasure", "UPDATE audit_expiry SET before = 1", "DELETE FROM log_key", "UPDATE log_key SET verifier = ''", "SELECT erase_body((SELECT id FROM audit_event LIMIT 1))"])
        {
            ((Action)(() => connection.Execute(sql))).Should().Throw<Npgsql.PostgresException>(sql).Where(e => e.SqlState == Npgsql.PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task Gateway_WithoutTheKey_RecordsAndSeesThatAnotherSigns()
    {
        await using var one = await StartAsync(adjust: Often);
        await SignedAsync(one, Begun);
        await using var two = await one.JoinAsync();

        await two.DecideAsync(Some.Read());

        await SignedAsync(two, Begun + 1);
        (await HealthAsync(two)).Should().Be(new HealthCheck { Name = "audit-log", Status = "ok", Detail = "4 events signed, by another gateway" });
    }
}
