using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Stores;

/// <summary>Eight clients that ask for decisions without a pause, and keep what they are answered.</summary>
internal sealed class Load : IAsyncDisposable
{
    private const int Clients = 8;

    /// <summary>What a hook waits unless its settings say otherwise.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Func<DecisionRequest, Task<HttpResponseMessage>> _ask;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _acknowledged = new(0);
    private readonly SemaphoreSlim _denied = new(0);
    private readonly Task _clients;

    public Load(TestGateway gateway)
        : this(request => gateway.PostAsync(request))
    {
    }

    /// <param name="ask">Sends one request of a client.</param>
    public Load(Func<DecisionRequest, Task<HttpResponseMessage>> ask)
    {
        _ask = ask;
        _clients = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(RunAsync)));
    }

    /// <summary>Answers by their trace.</summary>
    public ConcurrentDictionary<string, DecisionResponse> Acknowledged { get; } = new(StringComparer.Ordinal);

    /// <summary>How many were denied, by the code of the reason.</summary>
    public ConcurrentDictionary<string, int> Denied { get; } = new(StringComparer.Ordinal);

    /// <summary>Returns after so many more decisions; throws what made a client end.</summary>
    public Task AcknowledgedAsync(int count) => CountAsync(_acknowledged, count);

    /// <summary>Returns after so many more denials.</summary>
    public Task DeniedAsync(int count) => CountAsync(_denied, count);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _clients;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_clients);
        _stop.Dispose();
        _acknowledged.Dispose();
        _denied.Dispose();
    }

    private async Task CountAsync(SemaphoreSlim answers, int count)
    {
        // What came before nobody asked for counts for nothing.
        while (answers.Wait(0))
        {
        }

        for (var i = 0; i < count; i++)
        {
            var answer = answers.WaitAsync();
            if (await Task.WhenAny(answer, _clients) == _clients)
            {
                await _clients;
            }
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var response = await _ask(Some.Read()).WaitAsync(Patience);
            var text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.OK)
            {
                var answer = JsonSerializer.Deserialize(text, ProtocolJson.Default.DecisionResponse)!;
                Acknowledged.TryAdd(answer.TraceId, answer).Should().BeTrue();
                _acknowledged.Release();
            }
            else
            {
                response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, text);
                Denied.AddOrUpdate(JsonSerializer.Deserialize(text, ProtocolJson.Default.Problem)!.Code ?? "none", 1, static (_, count) => count + 1);
                _denied.Release();
            }
        }
    }
}
