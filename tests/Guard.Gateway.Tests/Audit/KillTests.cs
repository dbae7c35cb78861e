using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Gateway.Storage.Postgres;
using Guard.Gateway.Storage.Sqlite;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace Guard.Gateway.Tests.Audit;

/// <summary>
/// 10,000 decisions from 16 clients while the gateway is killed again and again: nothing allowed without its event, no
/// acknowledged event missing.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Clients = 16;
    private static readonly int Kills = Math.Max(10, TestRuns.Faults);

    [Fact]
    public async Task Decisions_WhileTheGatewayIsKilledAgainAndAgain_AreAllInTheRecord()
    {
        var result = await RunAsync("honest", decisions: 10_000);

        output.WriteLine(result.ToString());
        result.Kills.Should().Be(Kills);
        result.Acknowledged.Should().Be(10_000);
        result.Unanswered.Should().BePositive("a kill that interrupts nothing shows nothing");
        result.Missing.Should().Be(0);
        result.Different.Should().Be(0);
    }

    [Fact]
    public async Task Decisions_OfAStoreThatAcknowledgesBeforeItCommits_AreFoundMissing()
    {
        var result = await RunAsync("early", decisions: 3_000);

        output.WriteLine(result.ToString());
        result.Missing.Should().BePositive("this is the loss that the other test must be able to see");
    }

    [Fact]
    public async Task Decisions_OfTwoGatewaysOnOneDatabaseThatAreKilledInTurn_AreAllInTheRecordOnce()
    {
        var postgres = PostgresServer.Shared.CreateDatabase();
        var result = await RunAsync("honest", decisions: 4_000, postgres.Connection);

        output.WriteLine(result.ToString());
        result.Kills.Should().Be(Kills);
        result.Acknowledged.Should().Be(4_000);
        result.Unanswered.Should().BePositive("a kill that interrupts nothing shows nothing");
        result.Missing.Should().Be(0);
        result.Different.Should().Be(0);
        PostgresServer.Shared.Drop(postgres);
    }

    private static async Task<KillResult> RunAsync(string store, int decisions, string? postgres = null)
    {
        using var folder = new TemporaryFolder();
        folder.Write("policies/test.yaml", Some.Policy);
        var acknowledged = new ConcurrentDictionary<string, DecisionResponse>(StringComparer.Ordinal);
        var (unanswered, kills) = (0, 0);
        using var answers = new SemaphoreSlim(0);
        using (var gateway = new KilledGateway(folder, store, postgres: postgres))
        using (var second = postgres is null ? null : new KilledGateway(folder, store, "data2", postgres))
        {
            await gateway.StartAsync();
            using var client = gateway.Client(Clients);
            using var secondClient = second?.Client(Clients, gateway.AgentKey);
            if (second is not null)
            {
                await second.StartAsync();
            }

            var clients = Enumerable.Range(0, Clients).Select(i => Task.Run(() => second is not null && i % 2 == 1 ? DecideUntilDoneAsync(secondClient!, second) : DecideUntilDoneAsync(client, gateway))).ToArray();

            // One kill in each tenth of the run, while all clients have a request under way.
            for (kills = 0; kills < Kills; kills++)
            {
                for (var i = 0; i < decisions / (Kills + 1); i++)
                {
                    await answers.WaitAsync();
                }

                var killed = second is not null && kills % 2 == 1 ? second : gateway;
                await killed.KillAsync();
                await killed.StartAsync();
            }

            await Task.WhenAll(clients);

            async Task DecideUntilDoneAsync(HttpClient http, KilledGateway asked)
            {
                while (acknowledged.Count < decisions)
                {
                    var request = Some.Read();
                    using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, ProtocolJson.Default.DecisionRequest));
                    try
                    {
                        using var response = await http.PostAsync(Wire.DecisionsPath, content);
                        if (response.StatusCode == HttpStatusCode.OK)
                        {
                            var answer = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), ProtocolJson.Default.DecisionResponse)!;
                            acknowledged[answer.TraceId] = answer;
                            answers.Release();
                        }
                    }
                    catch (HttpRequestException)
                    {
                        // Killed while it worked, or not up again: a hook denies, and nothing was acknowledged.
                        Interlocked.Increment(ref unanswered);
                        await asked.Up;
                    }
                }
            }
        }

        return Compare(folder.File("data"), postgres, acknowledged, decisions, unanswered, kills);
    }

    private static KillResult Compare(string data, string? postgres, ConcurrentDictionary<string, DecisionResponse> acknowledged, int wanted, int unanswered, int kills)
    {
        using IDatabase database = postgres is null
            ? SqliteDatabase.Open(data)
            : PostgresDatabase.Open(new PostgresOptions { Connection = postgres, AllowVolatile = true }, TimeProvider.System, NullLogger<PostgresDatabase>.Instance);
        var reader = new AuditReader(database);
        var stored = new Dictionary<string, AuditEvent>(StringComparer.Ordinal);
        for (long? before = null; ;)
        {
            var page = reader.Page(new AuditQuery { Kind = AuditKinds.Decision, Limit = AuditQuery.MaxLimit, Before = before });
            foreach (var auditEvent in page.Events)
            {
                stored.Add(auditEvent.TraceId!, auditEvent);
            }

            if ((before = page.NextBefore) is null)
            {
                break;
            }
        }

        var missing = acknowledged.Keys.Count(trace => !stored.ContainsKey(trace));
        var different = acknowledged.Values.Count(answer => stored.TryGetValue(answer.TraceId, out var auditEvent) && (auditEvent.Id, auditEvent.Answer) != (answer.EventId, answer.Answer));
        return new KillResult(Math.Min(acknowledged.Count, wanted), stored.Count, unanswered, kills, missing, different);
    }

    /// <param name="Acknowledged">Decisions that a client got an answer for.</param>
    /// <param name="Stored">Decisions in the record; more than acknowledged, because a kill can come between commit and answer.</param>
    /// <param name="Unanswered">Requests that ended without an answer.</param>
    /// <param name="Kills">How often the gateway was killed.</param>
    /// <param name="Missing">Acknowledged and not in the record.</param>
    /// <param name="Different">Acknowledged as something else than recorded.</param>
    private sealed record KillResult(int Acknowledged, int Stored, int Unanswered, int Kills, int Missing, int Different);
}
