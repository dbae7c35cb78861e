using System.Net;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Tests.Audit;
using Guard.Protocol;
using Npgsql;

namespace Guard.Gateway.Tests.Stores;

/// <summary>Decision 0007: the lock that orders all gateways is never held by one that does not run.</summary>
public sealed class SuspendedGatewayTests : IDisposable
{
    private readonly PostgresOptions _database = PostgresServer.Shared.CreateDatabase();

    /// <summary>Half of the statement has arrived: the lock is taken when all of it has.</summary>
    [Fact]
    public async Task Gateway_StalledInTheMiddleOfADecision_HoldsUpNobody()
    {
        using var line = new StallingLine(PostgresServer.Shared.Port);
        await using var gateway = await StartAsync(_database);
        await using var stalled = await JoinAsync(gateway, line);
        line.StallWhen(static bytes => bytes.AsSpan().IndexOf("stalled.txt"u8) is >= 0 and var at ? at : -1);

        var lost = stalled.PostAsync(Some.Read("/home/dev/app/stalled.txt"));
        await line.Stalled;

        lost.IsCompleted.Should().BeFalse();
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        (await lost).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    /// <summary>
    /// The worst place: the append of a change has arrived whole, so the lock is held, and the commit that was sent with it has
    /// not. Who waits for the lock ends that session.
    /// </summary>
    [Fact]
    public async Task Gateway_StalledBetweenTheAppendAndTheCommitOfAChange_IsUndoneByWhoWaits()
    {
        using var line = new StallingLine(PostgresServer.Shared.Port);
        await using var gateway = await StartAsync(_database);
        await using var stalled = await JoinAsync(gateway, line);
        // A message of the protocol begins with its letter and length; all before the commit's gets through.
        line.StallWhen(static bytes => bytes.AsSpan().IndexOf("COMMIT\0"u8) is >= 0 and var at ? at - 6 : -1);

        var lost = stalled.ApplyAsync(("b.yaml", Some.Policy.Replace("everyday", "second", StringComparison.Ordinal)));
        await line.Stalled;
        await HeldAsync();

        await Eventually.BecomesAsync(async () => (await gateway.PostAsync(Some.Read())).StatusCode, HttpStatusCode.OK);
        (await lost).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await (await gateway.SendAsync(HttpMethod.Get, "/v1/policies", gateway.Credentials.AdminKey)).Content.ReadAsStringAsync()).Should().NotContain("second", "the half change is undone");
    }

    /// <summary>The same where who waits ends nobody's session: a gateway that does not run stops all others.</summary>
    [Fact]
    public async Task Gateway_StalledAtTheSamePlaceWhereNobodyEndsIt_StopsTheOther()
    {
        using var line = new StallingLine(PostgresServer.Shared.Port);
        await using var gateway = await StartAsync(_database);
        await using var stalled = await JoinAsync(gateway, line);
        using (var connection = PostgresServer.Shared.Open(_database))
        {
            connection.Execute("CREATE OR REPLACE FUNCTION lock_append() RETURNS void LANGUAGE sql AS 'SELECT pg_advisory_xact_lock(1196573745, 2)'");
        }

        line.StallWhen(static bytes => bytes.AsSpan().IndexOf("COMMIT\0"u8) is >= 0 and var at ? at - 6 : -1);
        var lost = stalled.ApplyAsync(("b.yaml", Some.Policy.Replace("everyday", "second", StringComparison.Ordinal)));
        await line.Stalled;
        await HeldAsync();

        var denied = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => gateway.PostAsync(Some.Read())));

        denied.Should().OnlyContain(static response => response.StatusCode == HttpStatusCode.ServiceUnavailable);
        await HeldAsync();
        lost.IsCompleted.Should().BeFalse("its gateway has not even given up yet");
        (await lost).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Gateway_SuspendedUnderLoad_DoesNotStopTheOther()
    {
        using var folder = new TemporaryFolder();
        folder.Write("policies/test.yaml", Some.Policy);
        await using var gateway = await StartAsync(_database);
        await using var load = new Load(gateway);
        using var suspended = new KilledGateway(folder, "honest", postgres: _database.Connection);
        await suspended.StartAsync();
        using var http = gateway.OverSocket(suspended.SocketPath);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var response = await gateway.SendAsync(HttpMethod.Post, Wire.DecisionsPath, gateway.Credentials.AgentKey, JsonSerializer.Serialize(Some.Read(), ProtocolJson.Default.DecisionRequest), http);
            }
        })).ToList();
        for (var i = 0; i < 20; i++)
        {
            await load.AcknowledgedAsync(20);
            suspended.Suspend();
            var denied = load.Denied.Values.Sum();

            await load.AcknowledgedAsync(100);

            load.Denied.Values.Sum().Should().Be(denied, "the other gateway decides as if nothing had happened");
            suspended.Resume();
        }

        await stop.CancelAsync();
        await Task.WhenAll(clients);
        await load.StopAsync();
    }

    [Theory]
    [InlineData(2, "the order of all events")]
    [InlineData(4, "changes of policies")]
    public async Task Change_WhileALockIsHeld_IsRefusedWithAReasonAndCanBeMadeAfterwards(int what, string why)
    {
        await using var gateway = await StartAsync(_database);
        (string, string) second = ("b.yaml", Some.Policy.Replace("everyday", "second", StringComparison.Ordinal));
        using (var holder = PostgresServer.Shared.Open(_database))
        {
            holder.Execute("BEGIN; SELECT pg_advisory_xact_lock(1196573745, @what)", new { what });

            var refused = await gateway.ApplyAsync(second);

            refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, why);
            (await refused.Content.ReadAsStringAsync()).Should().Contain(ProblemCodes.StoreUnavailable).And.Contain("could not be read or written in time");
        }

        (await gateway.ApplyAsync(second)).StatusCode.Should().Be(HttpStatusCode.OK);
        using var connection = PostgresServer.Shared.Open(_database);
        connection.Query<long>("SELECT revision FROM policy WHERE name = 'second'").Should().Equal([1L], "nothing of the refused change is left");
    }

    public void Dispose() => PostgresServer.Shared.Drop(_database);

    private async Task HeldAsync()
    {
        using var connection = PostgresServer.Shared.Open(_database);
        await Eventually.BecomesAsync(
            async () => await connection.QuerySingleAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 2 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"),
            expected: 1L);
    }

    private static Task<TestGateway> StartAsync(PostgresOptions database) => TestGateway.StartAsync(
        adjust: options => options with { Postgres = database, Limits = options.Limits with { PerKey = new RateLimit(1_000_000, 1_000_000) } });

    private static Task<TestGateway> JoinAsync(TestGateway gateway, StallingLine line) => gateway.JoinAsync(options => options with
    {
        Postgres = options.Postgres! with { Connection = new NpgsqlConnectionStringBuilder(options.Postgres.Connection) { Host = "127.0.0.1", Port = line.Port }.ConnectionString },
    });
}
