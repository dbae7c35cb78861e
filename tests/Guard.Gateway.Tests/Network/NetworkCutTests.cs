using System.Text;
using System.Text.Json;
using Guard.Gateway.Hosting;
using Guard.Gateway.Tests.Audit;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;
using Xunit.Abstractions;

namespace Guard.Gateway.Tests.Network;

/// <summary>
/// A gateway and its database on two hosts, and the network between them cut and healed under eight clients: nothing acknowledged
/// is lost, nothing is doubled, and all works again by itself.
/// </summary>
public sealed class NetworkCutTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [NetworkTheory]
    [InlineData(NetworkCut.Link, false)]
    [InlineData(NetworkCut.Link, true)]
    [InlineData(NetworkCut.Silence, false)]
    [InlineData(NetworkCut.Silence, true)]
    [InlineData(NetworkCut.Answers, false)]
    [InlineData(NetworkCut.Answers, true)]
    public async Task NetworkToTheDatabase_Cut_LosesAndDoublesNothing(NetworkCut how, bool hasSpool)
    {
        using var network = new SeparatedNetwork();
        using var server = new PostgresServer(durable: true, host: network.Far);
        using var gateway = await StartAsync(network, server, "honest", hasSpool);
        using var client = gateway.Client();
        await using var load = new Load(request => AskAsync(client, request));
        for (var i = 0; i < TestRuns.Faults; i++)
        {
            await load.AcknowledgedAsync(50);
            network.Cut(how);
            // More than can have been on their way.
            await (hasSpool ? load.AcknowledgedAsync(200) : load.DeniedAsync(50));
            network.Heal();
            await load.AcknowledgedAsync(50);
            await Eventually.BecomesAsync(() => HealthAsync(client), "ok");
        }

        await load.StopAsync();

        using var connection = server.Open(new PostgresOptions { Connection = server.Connection("postgres") });
        connection.ShouldHold(load, $"network cut ({how}){(hasSpool ? ", with a spool" : "")}", output);
        load.Denied.IsEmpty.Should().Be(hasSpool, "without a spool every call is denied meanwhile, with one none");
    }

    /// <summary>Who answers without waiting for the commit loses what a cut took: so the other tests could see it.</summary>
    [NetworkFact]
    public async Task NetworkToTheDatabase_CutUnderAGatewayThatDoesNotWaitForTheCommit_IsFoundMissing()
    {
        using var network = new SeparatedNetwork();
        using var server = new PostgresServer(durable: true, host: network.Far);
        Load load;
        using (var gateway = await StartAsync(network, server, "unwaiting", hasSpool: false))
        {
            using var client = gateway.Client();
            await using (load = new Load(request => AskAsync(client, request)))
            {
                await load.AcknowledgedAsync(50);
                network.Cut(NetworkCut.Silence);
                // What was on its way at first the kernel still delivers afterwards; what came behind it is gone.
                await gateway.LostAsync();
                await gateway.LostAsync();
                network.Heal();
                await load.AcknowledgedAsync(50);
                await load.StopAsync();
            }

            // Its end: what can still be stored is.
        }

        using var connection = server.Open(new PostgresOptions { Connection = server.Connection("postgres") });
        var missing = PostgresRecord.Missing(connection, load);
        output.WriteLine($"network cut, answering before the commit: {load.Acknowledged.Count} acknowledged, {missing} missing");
        missing.Should().BePositive();
    }

    public void Dispose() => _folder.Dispose();

    private async Task<KilledGateway> StartAsync(SeparatedNetwork network, PostgresServer server, string store, bool hasSpool)
    {
        _folder.Write("policies/test.yaml", Some.Policy);
        var gateway = new KilledGateway(_folder, store, postgres: server.Connection("postgres", tcp: true)) { Host = network.Near, Spool = hasSpool ? _folder.File("spool") : null };
        await gateway.StartAsync();
        return gateway;
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient client, DecisionRequest request) =>
        client.PostAsync(Wire.DecisionsPath, new StringContent(JsonSerializer.Serialize(request, ProtocolJson.Default.DecisionRequest), Encoding.UTF8, "application/json"));

    private static async Task<string> HealthAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/health/ready");
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), ProtocolJson.Default.HealthReport)!.Status;
    }
}
