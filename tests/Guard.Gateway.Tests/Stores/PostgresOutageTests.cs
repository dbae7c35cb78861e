using System.Net;
using System.Text.Json;
using Dapper;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Tests.Audit;
using Guard.Protocol;
using Xunit.Abstractions;

namespace Guard.Gateway.Tests.Stores;

/// <summary>A database that goes away: every call is denied in time with the reason, nothing acknowledged is lost, and all works again by itself.</summary>
public sealed class PostgresOutageTests(ITestOutputHelper output) : IDisposable
{
    private readonly PostgresServer _server = new(durable: true);

    [Fact]
    public async Task Database_Stopped_IsDeniedWithTheReasonAndReadinessSaysSo()
    {
        await using var gateway = await StartAsync();
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);

        _server.Stop();

        (await gateway.PostAsync(Some.Read())).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        await Eventually.BecomesAsync(async () => (await gateway.PostAsync(Some.Read())) is { StatusCode: HttpStatusCode.ServiceUnavailable } refused && (await refused.Content.ReadAsStringAsync()).Contains("store-unavailable", StringComparison.Ordinal), true);
        (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.ServiceUnavailable)).Detail.Should().MatchRegex("^The store cannot be reached since ....-..-.. ..:..:.. UTC, so nobody knows which keys and policies are in force, and everything is denied: .+");
        (await gateway.SendAsync(HttpMethod.Get, "/v1/policies", gateway.Credentials.AdminKey)).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, "nobody knows whether the key still holds");
        var ready = await gateway.SendAsync(HttpMethod.Get, "/health/ready", null);
        ready.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await HealthAsync(ready)).Checks.Single(check => check.Name == "store").Should().Match<HealthCheck>(check => check.Status == "failing" && check.Detail!.Contains("cannot be reached since"));
        (await gateway.SendAsync(HttpMethod.Get, "/health/live", null)).StatusCode.Should().Be(HttpStatusCode.OK);

        _server.Start();

        await Eventually.BecomesAsync(async () => (await gateway.SendAsync(HttpMethod.Get, "/health/ready", null)).StatusCode, HttpStatusCode.OK);
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
    }

    [Fact]
    public async Task Change_MadeWhileNobodyListened_IsInForceAfterTheReconnect()
    {
        await using var gateway = await StartAsync();
        await using var other = await gateway.JoinAsync();
        using (var connection = _server.Open(gateway.Options.Postgres!))
        {
            // The listeners of both; their next ones have heard nothing of what comes in between.
            connection.Execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        }

        await Eventually.BecomesAsync(async () => (await gateway.ApplyAsync(("b.yaml", Some.Policy.Replace("everyday", "second", StringComparison.Ordinal)))).StatusCode, HttpStatusCode.OK);

        await Eventually.BecomesAsync(async () => (await (await other.SendAsync(HttpMethod.Get, "/v1/policies", gateway.Credentials.AdminKey)).Content.ReadAsStringAsync()).Contains("second", StringComparison.Ordinal), true);
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("kill")]
    public async Task Database_GoneUnderLoad_LosesNothingAcknowledgedAndDoublesNothing(string how)
    {
        await using var gateway = await StartAsync();
        await using var load = new Load(gateway);
        for (var i = 0; i < Math.Max(3, TestRuns.Faults); i++)
        {
            await load.AcknowledgedAsync(100);
            if (how == "kill")
            {
                _server.Kill();
                _server.Start();
            }
            else
            {
                _server.Restart();
            }
        }

        await load.AcknowledgedAsync(100);
        await load.StopAsync();

        Check(gateway, load, how);
        load.Denied.Should().NotBeEmpty("an outage that nobody notices shows nothing");
    }

    [Fact]
    public async Task Database_SuspendedUnderLoad_IsDeniedInTimeAndAnswersAgainAfterwards()
    {
        await using var gateway = await StartAsync();
        await using var load = new Load(gateway);
        for (var i = 0; i < Math.Max(2, TestRuns.Faults); i++)
        {
            await load.AcknowledgedAsync(50);
            _server.Suspend();

            // Those that were under way, and those that came when nothing could be asked any more.
            await load.DeniedAsync(100);
            await Eventually.BecomesAsync(async () => (await gateway.SendAsync(HttpMethod.Get, "/health/ready", null)).StatusCode, HttpStatusCode.ServiceUnavailable);
            (await gateway.RefusedAsync(Some.Read(), HttpStatusCode.ServiceUnavailable)).Detail.Should().Contain("everything is denied");
            _server.Resume();
        }

        await load.AcknowledgedAsync(50);
        await load.StopAsync();

        Check(gateway, load, "suspended");
        load.Denied.Keys.Should().BeSubsetOf([ProblemCodes.StoreUnavailable, ProblemCodes.AuditUnavailable]);
        await Eventually.BecomesAsync(async () => (await gateway.SendAsync(HttpMethod.Get, "/health/ready", null)).StatusCode, HttpStatusCode.OK);
    }

    /// <summary>Without a deadline, a call waits as long as the database does: so the other tests could see it.</summary>
    [Fact]
    public async Task Database_SuspendedUnderAGatewayWithoutDeadline_AnswersNobody()
    {
        PatientStore? store = null;
        await using var gateway = await TestGateway.StartAsync(
            adjust: options => options with
            {
                Postgres = new PostgresOptions { Connection = _server.Connection("postgres") },
                Limits = options.Limits with { CommitDeadline = TimeSpan.FromHours(1) },
            },
            store: inner => store = new PatientStore(inner));
        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be(Effects.Allow);
        _server.Suspend();

        var waiting = Enumerable.Range(0, 8).Select(_ => gateway.PostAsync(Some.Read())).ToList();
        var failed = store!.FailedAsync(2);
        try
        {
            await Task.WhenAny(failed, Task.WhenAll(waiting));

            failed.IsCompleted.Should().BeTrue("nobody of all that asked was answered before");
            waiting.Should().Contain(static call => !call.IsCompleted, "with a deadline all would be denied by now");
        }
        finally
        {
            // A gateway without a deadline stops no earlier.
            _server.Resume();
        }

        (await Task.WhenAll(waiting)).Should().Contain(static response => response.StatusCode == HttpStatusCode.OK);
    }

    /// <summary>The same with a spool: what would have been denied meanwhile is answered, and is in the record once.</summary>
    [Theory]
    [InlineData("restart")]
    [InlineData("kill")]
    [InlineData("suspend")]
    public async Task Database_GoneUnderLoad_WithASpool_IsAnsweredMeanwhile(string how)
    {
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(new SpoolOptions(spool.File("s")));
        // What the spool helps is a session that is known: the first calls of one must not still be reading the store when it goes.
        await gateway.DecideAsync(Some.Read());
        await using var load = new Load(gateway);
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            await load.AcknowledgedAsync(100);
            Action back = how switch
            {
                "kill" => _server.Start,
                "suspend" => _server.Resume,
                _ => _server.Start,
            };
            (how switch { "kill" => _server.Kill, "suspend" => _server.Suspend, _ => (Action)_server.Stop })();

            // More than can have been on their way when it went.
            await load.AcknowledgedAsync(200);
            await Eventually.BecomesAsync(async () => (await HealthAsync(await gateway.SendAsync(HttpMethod.Get, "/health/ready", null))).Status, "degraded");
            back();
            await Eventually.BecomesAsync(async () => (await HealthAsync(await gateway.SendAsync(HttpMethod.Get, "/health/ready", null))).Status, "ok");
        }

        await load.AcknowledgedAsync(100);
        await load.StopAsync();

        Check(gateway, load, how + " with a spool");
        load.Denied.Should().BeEmpty();
    }

    /// <summary>Nobody has noticed yet that the database is gone: the call itself finds out, is denied in time, and stands in the record.</summary>
    [Fact]
    public async Task Session_FirstSeenWhileTheDatabaseIsSuspended_IsDeniedWithTheReasonAndRecorded()
    {
        using var spool = new TemporaryFolder();
        await using var gateway = await StartAsync(new SpoolOptions(spool.File("s")));
        await gateway.DecideAsync(Some.Read());
        _server.Suspend();

        var refused = await gateway.RefusedAsync(Some.Read(session: "another"), HttpStatusCode.ServiceUnavailable);

        refused.Code.Should().Be(ProblemCodes.StoreUnavailable);
        refused.Detail.Should().ContainEquivalentOf("the store cannot be reached");
        _server.Resume();
        await Eventually.BecomesAsync(async () => (await HealthAsync(await gateway.SendAsync(HttpMethod.Get, "/health/ready", null))).Status, "ok");
        (await gateway.EventsAsync($"?trace={refused.TraceId}")).Events.Should().ContainSingle().Which.Answer.Should().Be(Effects.Deny);
    }

    /// <summary>
    /// Nobody who stops a gateway waits for a database that does not answer; without a limit for each part it took minutes. The log says
    /// what was refused and could not be recorded.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gateway_StoppedWhileTheDatabaseIsSuspended_Ends(bool hasSpool)
    {
        using var folder = new TemporaryFolder();
        var gateway = await StartAsync(hasSpool ? new SpoolOptions(folder.File("s")) : null, folder.File("log"));
        var load = new Load(gateway);
        await load.AcknowledgedAsync(50);
        _server.Suspend();
        // Refused before the gateway has noticed: later it refuses everything, whatever the key.
        await gateway.SendAsync(HttpMethod.Get, "/v1/policies", "not-a-key");
        await (hasSpool ? load.AcknowledgedAsync(20) : load.DeniedAsync(20));
        await load.StopAsync();

        // What systemd waits before it kills.
        await gateway.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(90));

        if (!hasSpool)
        {
            (await File.ReadAllTextAsync(folder.File("log"))).Should().Contain("refused requests that are not in the record");
        }
    }

    public void Dispose() => _server.Dispose();

    private Task<TestGateway> StartAsync(SpoolOptions? spool = null, string? log = null) => TestGateway.StartAsync(
        adjust: options => options with
        {
            Spool = spool,
            Log = options.Log with { File = log ?? options.Log.File },
            Postgres = new PostgresOptions { Connection = _server.Connection("postgres") },
            Limits = options.Limits with { PerKey = new RateLimit(1_000_000, 1_000_000) },
        });

    private void Check(TestGateway gateway, Load load, string how)
    {
        using var connection = _server.Open(gateway.Options.Postgres!);
        connection.ShouldHold(load, how, output);
    }

    private static async Task<HealthReport> HealthAsync(HttpResponseMessage response) => JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), ProtocolJson.Default.HealthReport)!;
}
