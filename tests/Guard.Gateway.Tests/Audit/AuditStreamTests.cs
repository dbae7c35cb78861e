using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

public abstract class AuditStreamTests(StoreKind kind) : StoreTests(kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Stream_OfNewEvents_BeginsNowAndGivesEachOnceInOrder()
    {
        await using var gateway = await StartAsync();
        await gateway.DecideAsync(Some.Read("/home/dev/app/before"));
        using var stream = await OpenAsync(gateway);

        for (var i = 0; i < 250; i++)
        {
            await gateway.DecideAsync(Some.Read($"/home/dev/app/f{i}"));
        }

        var events = await stream.TakeAsync(250);
        events.Select(e => e.Resource).Should().Equal(Enumerable.Range(0, 250).Select(i => $"/home/dev/app/f{i}"));
        events.Select(e => e.Position).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("?after=0", null)]
    [InlineData("?after=999999", "0")]
    [InlineData("", "0")]
    public async Task Stream_FromAPosition_GivesWhatLiesBehindIt(string query, string? lastEventId)
    {
        await using var gateway = await StartAsync();
        await gateway.DecideAsync(Some.Read());
        var recorded = (await gateway.EventsAsync()).Events.Reverse().Select(e => e.Id).ToList();

        using var stream = await OpenAsync(gateway, query, lastEventId: lastEventId);

        (await stream.TakeAsync(recorded.Count)).Select(e => e.Id).Should().Equal(recorded);
    }

    [Theory]
    [InlineData("?agent=first", 2)]
    [InlineData("?decision=deny", 1)]
    [InlineData("?rule=credentials", 1)]
    [InlineData("?kind=decision&tool=Read", 2)]
    public async Task Stream_WithFilters_GivesWhatTheListGives(string query, int count)
    {
        await using var gateway = await StartAsync();
        using var stream = await OpenAsync(gateway, query);
        await gateway.CreateAgentAsync("second");
        await gateway.DecideAsync(Some.Read());
        await gateway.DecideAsync(Some.Read("/home/dev/app/.env"));

        var events = await stream.TakeAsync(count);

        events.Select(e => e.Id).Should().Equal((await gateway.EventsAsync(query)).Events.Reverse().Select(e => e.Id));
    }

    [Fact]
    public async Task Stream_OfALargeBacklog_GivesAllPages()
    {
        await using var gateway = await StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 450), async (i, _) => await gateway.DecideAsync(Some.Read($"/home/dev/app/f{i}")));

        using var stream = await OpenAsync(gateway, "?kind=decision&after=0");

        (await stream.TakeAsync(450)).Select(e => e.Position).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    /// <summary>Generous against a loaded machine: what matters is that nothing polls, which would show as hundreds of milliseconds in the middle.</summary>
    [Fact]
    public async Task Event_IsOnTheStreamRightAfterItsDecision()
    {
        await using var gateway = await StartAsync();
        using var stream = await OpenAsync(gateway, "?kind=decision");
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 21; i++)
        {
            await gateway.DecideAsync(Some.Read());
            var decided = Stopwatch.GetTimestamp();
            await stream.TakeAsync(1);
            delays.Add(Stopwatch.GetElapsedTime(decided));
        }

        delays.Order().ElementAt(10).Should().BeLessThan(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task Stream_WhenTheGatewayStops_EndsWholeAndGoesOnAfterwards()
    {
        var first = await StartAsync();
        using var before = await OpenAsync(first, "?kind=decision");
        await first.DecideAsync(Some.Read("/home/dev/app/one"));
        await before.TakeAsync(1);

        var stopping = first.RestartAsync();
        (await before.NextAsync()).Should().BeNull("the stream ends as an answer ends, not as a broken connection");
        await using var second = await stopping;
        await second.DecideAsync(Some.Read("/home/dev/app/two"));
        using var after = await OpenAsync(second, "?kind=decision", lastEventId: before.LastId);

        (await after.TakeAsync(1))[0].Resource.Should().Be("/home/dev/app/two");
    }

    [Fact]
    public async Task Stream_OfARevokedKey_EndsAtOnceWithTheReason()
    {
        await using var gateway = await StartAsync();
        var auditor = await gateway.CreateKeyAsync([Scopes.AuditRead]);
        using var stream = await OpenAsync(gateway, key: auditor.ApiKey);

        var revoked = await gateway.SendAsync(HttpMethod.Delete, "/v1/keys/" + auditor.Key.Prefix, gateway.Credentials.AdminKey);

        revoked.StatusCode.Should().Be(HttpStatusCode.OK);
        (await stream.EndAsync()).Should().BeEquivalentTo(new { Status = 401, Code = "key-revoked" });
    }

    [Fact]
    public async Task Stream_OfAKeyThatExpires_EndsThen()
    {
        await using var gateway = await StartAsync();
        var auditor = await gateway.CreateKeyAsync([Scopes.AuditRead], DateTimeOffset.UtcNow.AddSeconds(2));
        using var stream = await OpenAsync(gateway, key: auditor.ApiKey);

        (await stream.EndAsync()).Should().BeEquivalentTo(new { Status = 401, Code = "key-expired" });
    }

    [Fact]
    public async Task Stream_ThatNobodyReads_HoldsNothingBackAndCatchesUp()
    {
        await using var gateway = await StartAsync();
        using var slow = await OpenAsync(gateway, "?kind=decision");
        using var quick = await OpenAsync(gateway, "?kind=decision");
        var padding = new string('p', 100_000);
        for (var i = 0; i < 100; i++)
        {
            var request = Some.Read($"/home/dev/app/{padding}{i}");
            await gateway.DecideAsync(request);
        }

        (await quick.TakeAsync(100)).Should().HaveCount(100, "one reader does not wait for another");
        (await slow.TakeAsync(100)).Select(e => e.Position).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Streams_BeyondTheLimitOfAKey_AreRefusedUntilOneCloses()
    {
        await using var gateway = await StartAsync(adjust: options => options with { Limits = options.Limits with { StreamsPerKey = 2 } });
        using var one = await OpenAsync(gateway);
        var two = await OpenAsync(gateway);

        var third = await SendAsync(gateway, "", null);
        (await TestGateway.ReadAsync(third, ProtocolJson.Default.Problem, HttpStatusCode.TooManyRequests)).Code.Should().Be("too-many-streams");

        two.Dispose();
        await Eventually.BecomesAsync(
            async () =>
            {
                using var again = await SendAsync(gateway, "", null);
                return again.StatusCode;
            },
            HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("?limit=5", "`limit` is not a filter of streams")]
    [InlineData("?before=5", "`before` is not a filter of streams")]
    [InlineData("?after=-1", "`after` must be a whole number")]
    [InlineData("?decision=maybe", "`decision` must be")]
    public async Task Stream_WithABadFilter_IsRefused(string query, string expected)
    {
        await using var gateway = await StartAsync();

        var problem = await TestGateway.ReadAsync(await SendAsync(gateway, query, null), ProtocolJson.Default.Problem, HttpStatusCode.BadRequest);

        problem.Detail.Should().Contain(expected);
    }

    [Fact]
    public async Task Stream_WithABadLastEventId_IsRefused()
    {
        await using var gateway = await StartAsync();

        (await TestGateway.ReadAsync(await SendAsync(gateway, "", "x"), ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Detail.Should().Contain("`Last-Event-ID` must be");
    }

    private static async Task<OpenStream> OpenAsync(TestGateway gateway, string query = "", string? lastEventId = null, string? key = null)
    {
        var response = await SendAsync(gateway, query, lastEventId, key);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        var stream = new OpenStream(response, await response.Content.ReadAsStreamAsync());
        // From its first bytes on the stream has begun: what is recorded now is on it.
        (await stream.NextAsync())!["id"].Should().NotBeEmpty();
        return stream;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestGateway gateway, string query, string? lastEventId, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Wire.EventStreamPath + query);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key ?? gateway.Credentials.AdminKey);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private sealed class OpenStream(HttpResponseMessage response, Stream stream) : IDisposable
    {
        private readonly StreamReader _reader = new(stream);

        public string? LastId { get; private set; }

        public void Dispose()
        {
            _reader.Dispose();
            response.Dispose();
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
                    fields["id"].Should().Be(e.Position.ToString());
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
    }
}

/// <inheritdoc/>
public sealed class SqliteAuditStreamTests() : AuditStreamTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresAuditStreamTests() : AuditStreamTests(StoreKind.Postgres);
