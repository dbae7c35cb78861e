using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Guard.Gateway.Metrics;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Decisions;

/// <summary>Requests that are sent before the one before them is answered.</summary>
public sealed class PipelinedTests
{
    private const int Requests = 30;

    /// <summary>
    /// A request that is alone is answered by the audit writer's thread. Whatever comes behind it on the same connection may block, and
    /// must not: nobody could record anything meanwhile.
    /// </summary>
    [Fact]
    public async Task Requests_BehindOneThatTheWriterAnswers_RunInThePool()
    {
        var threads = new ConcurrentQueue<bool>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == GatewayTraces.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity =>
            {
                if (activity.OperationName == "guard.decide")
                {
                    threads.Enqueue(Thread.CurrentThread.IsThreadPoolThread);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var gateway = await TestGateway.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Http.BaseAddress!.Host, gateway.Http.BaseAddress.Port);
        var all = new StringBuilder();
        for (var i = 0; i < Requests; i++)
        {
            var body = JsonSerializer.Serialize(Some.Read(), ProtocolJson.Default.DecisionRequest);
            all.Append($"POST {Wire.DecisionsPath} HTTP/1.1\r\nHost: {gateway.Http.BaseAddress.Authority}\r\nAuthorization: Bearer {gateway.Credentials.AgentKey}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{(i == Requests - 1 ? "Connection: close\r\n" : "")}\r\n{body}");
        }

        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(all.ToString()));
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        var answers = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));

        answers.Split("HTTP/1.1 200 OK").Should().HaveCount(Requests + 1);
        threads.Should().HaveCountGreaterThanOrEqualTo(Requests).And.OnlyContain(static inPool => inPool);
    }
}
