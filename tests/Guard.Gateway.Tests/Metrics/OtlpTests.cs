using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Guard.Gateway.Tests.Metrics;

/// <summary>What a collector gets, on a real socket.</summary>
public sealed class OtlpTests
{
    [Fact]
    public async Task Collector_GetsMetricsAndSpans_AndNothingOfTheCall()
    {
        using var collector = new Collector();
        await using (var gateway = await TestGateway.StartAsync(adjust: options => options with { Otlp = collector.Address }))
        {
            await gateway.DecideAsync(Some.Read("/home/dev/app/hidden-name.txt"));
        }

        collector.Received.Keys.Should().BeEquivalentTo("/v1/metrics", "/v1/traces");
        collector.Received["/v1/metrics"].Should().Contain("guard.decisions").And.Contain("guard.decision.duration").And.Contain("guard.audit.group.size");
        collector.Received["/v1/traces"].Should().Contain("guard.decide").And.Contain("guard.record").And.Contain("everyday").And.NotContain("hidden-name");
    }

    [Fact]
    public async Task Collector_ThatIsNotThere_ChangesNothing()
    {
        await using var gateway = await TestGateway.StartAsync(adjust: options => options with { Otlp = new Uri("http://127.0.0.1:1") });

        (await gateway.DecideAsync(Some.Read())).Answer.Should().Be("allow");
    }

    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener;

        public Collector()
        {
            (_listener, Address) = FreeListener.Start();
            _ = Task.Run(RunAsync);
        }

        public Uri Address { get; }

        /// <summary>Bodies by path; names in them are readable among the protobuf.</summary>
        public ConcurrentDictionary<string, string> Received { get; } = new(StringComparer.Ordinal);

        public void Dispose() => _listener.Close();

        private async Task RunAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    Received.AddOrUpdate(context.Request.Url!.AbsolutePath, _ => Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
                    context.Response.Close();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
