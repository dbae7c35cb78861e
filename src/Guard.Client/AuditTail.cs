using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Client;

/// <summary>Follows the record over as many connections as it takes.</summary>
internal sealed class AuditTail(GatewayClient client, AuditFilter filter, AuditTailOptions options)
{
    // The first heartbeat that is missing may be late; three are a peer that is gone.
    private static readonly TimeSpan LongestSilence = 3 * Wire.StreamHeartbeat;

    private long? _position = options.After;

    public async IAsyncEnumerable<AuditEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var pause = TimeSpan.Zero;
        while (true)
        {
            GatewayException? cut = null;
            await using (var events = ReadStreamAsync(cancel).GetAsyncEnumerator(cancel))
            {
                while (true)
                {
                    try
                    {
                        if (!await events.MoveNextAsync()) break;
                    }
                    catch (GatewayException e) when (IsPassing(e))
                    {
                        cut = e;
                        break;
                    }

                    pause = TimeSpan.Zero;
                    if (events.Current is { } e2) yield return e2;
                }
            }

            options.CutOff?.Invoke(cut ?? new GatewayUnreachableException($"the gateway at {client.Address} has ended the stream"));
            if (pause > TimeSpan.Zero) await Task.Delay(pause, options.Clock, cancel);
            pause = pause == TimeSpan.Zero ? options.FirstPause : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, options.LongestPause.Ticks));
        }
    }

    /// <summary>The events of one connection; null: it is alive.</summary>
    private async IAsyncEnumerable<AuditEvent?> ReadStreamAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await client.OpenStreamAsync(filter, _position, cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        await using var reader = new EventStreamReader(stream, LongestSilence, options.Clock);
        options.Opened?.Invoke();
        while (await NextAsync(reader, cancel) is { } streamed)
        {
            if (streamed.Type == Wire.StreamEnd) throw Ended(streamed.Data);
            if (streamed.Position is { } position)
            {
                if (position < _position || (position == _position && streamed.Data is not null)) throw client.Repeated();
                _position = position;
            }

            yield return streamed.Data is { } data ? Event(data) : null;
        }
    }

    private async Task<StreamedEvent?> NextAsync(EventStreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadAsync(cancel);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or TimeoutException)
        {
            throw new GatewayUnreachableException($"the stream of the gateway at {client.Address} broke: {PlainText.OneLine(e.Message)}", e);
        }
        catch (FormatException e)
        {
            throw new GatewayProtocolException($"the stream of the gateway at {client.Address} cannot be read: {e.Message}", e);
        }
    }

    private AuditEvent Event(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(data, ProtocolJson.Default.AuditEvent) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new GatewayProtocolException($"an event of the gateway at {client.Address} cannot be read: is this a gateway of this version?", e);
        }
    }

    private GatewayException Ended(string? data)
    {
        try
        {
            var problem = data is null ? null : JsonSerializer.Deserialize(data, ProtocolJson.Default.Problem);
            return new GatewayProblemException(problem?.Status ?? (int)HttpStatusCode.Unauthorized, problem ?? new Problem());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new GatewayProtocolException($"the stream of the gateway at {client.Address} ended without a reason that can be read", e);
        }
    }

    /// <summary>Whether another attempt can go better: the gateway is away, starting, stopping or busy.</summary>
    private static bool IsPassing(GatewayException e) => e is GatewayUnreachableException or GatewayProblemException { Status: 429 or >= 500 };
}
