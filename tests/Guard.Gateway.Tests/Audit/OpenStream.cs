using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

/// <summary>A stream of new events that a test reads.</summary>
internal sealed class OpenStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private OpenStream(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _reader = new StreamReader(stream);
    }

    public string? LastId { get; private set; }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    /// <summary>The fields of the next block; null: the stream has ended.</summary>
    public async Task<Dictionary<string, string>?> NextAsync()
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await _reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Length == 0)
            {
                LastId = fields.GetValueOrDefault("id") ?? LastId;
                return fields;
            }

            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            fields[line[..colon]] = line[(colon + 2)..];
        }

        return null;
    }

    public async Task<List<AuditEvent>> TakeAsync(int count)
    {
        var events = new List<AuditEvent>();
        while (events.Count < count)
        {
            var fields = await NextAsync() ?? throw new InvalidOperationException($"The stream ended after {events.Count} events.");
            if (fields.TryGetValue("data", out var data))
            {
                var e = JsonSerializer.Deserialize(data, ProtocolJson.Default.AuditEvent)!;
                fields["id"].Should().Be(e.Position.ToString(CultureInfo.InvariantCulture));
                events.Add(e);
            }
        }

        return events;
    }

    /// <summary>Reads to the end, which must say why.</summary>
    public async Task<Problem> EndAsync()
    {
        while (await NextAsync() is { } fields)
        {
            if (fields.GetValueOrDefault("event") == Wire.StreamEnd)
            {
                (await NextAsync()).Should().BeNull();
                return JsonSerializer.Deserialize(fields["data"], ProtocolJson.Default.Problem)!;
            }
        }

        throw new InvalidOperationException("The stream ended without a reason.");
    }

    public static async Task<OpenStream> OpenAsync(TestGateway gateway, string query = "", string? lastEventId = null, string? key = null)
    {
        var response = await SendAsync(gateway, query, lastEventId, key);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        var stream = new OpenStream(response, await response.Content.ReadAsStreamAsync());
        // From its first bytes on the stream has begun: what is recorded now is on it.
        (await stream.NextAsync())!["id"].Should().NotBeEmpty();
        return stream;
    }

    public static async Task<HttpResponseMessage> SendAsync(TestGateway gateway, string query, string? lastEventId, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Wire.EventStreamPath + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? gateway.Credentials.AdminKey);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
