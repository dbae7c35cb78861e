using System.Diagnostics;
using System.Net;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

public abstract class AuditStreamTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public async Task Stream_OfNewEvents_BeginsNowAndGivesEachOnceInOrder()
    {
        await using var gateway = await StartAsync();
        await gateway.DecideAsync(Some.Read("/home/dev/app/before"));
        using var stream = await OpenStream.OpenAsync(gateway);

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

        using var stream = await OpenStream.OpenAsync(gateway, query, lastEventId: lastEventId);

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
        using var stream = await OpenStream.OpenAsync(gateway, query);
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

        using var stream = await OpenStream.OpenAsync(gateway, "?kind=decision&after=0");

        (await stream.TakeAsync(450)).Select(e => e.Position).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    /// <summary>Generous against a loaded machine: what matters is that nothing polls, which would show as hundreds of milliseconds in the middle.</summary>
    [Fact]
    public async Task Event_IsOnTheStreamRightAfterItsDecision()
    {
        await using var gateway = await StartAsync();
        using var stream = await OpenStream.OpenAsync(gateway, "?kind=decision");
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
        using var before = await OpenStream.OpenAsync(first, "?kind=decision");
        await first.DecideAsync(Some.Read("/home/dev/app/one"));
        await before.TakeAsync(1);

        var stopping = first.RestartAsync();
        (await before.NextAsync()).Should().BeNull("the stream ends as an answer ends, not as a broken connection");
        await using var second = await stopping;
        await second.DecideAsync(Some.Read("/home/dev/app/two"));
        using var after = await OpenStream.OpenAsync(second, "?kind=decision", lastEventId: before.LastId);

        (await after.TakeAsync(1))[0].Resource.Should().Be("/home/dev/app/two");
    }

    [Fact]
    public async Task Stream_OfARevokedKey_EndsAtOnceWithTheReason()
    {
        await using var gateway = await StartAsync();
        var auditor = await gateway.CreateKeyAsync([Scopes.AuditRead]);
        using var stream = await OpenStream.OpenAsync(gateway, key: auditor.ApiKey);

        var revoked = await gateway.SendAsync(HttpMethod.Delete, "/v1/keys/" + auditor.Key.Prefix, gateway.Credentials.AdminKey);

        revoked.StatusCode.Should().Be(HttpStatusCode.OK);
        (await stream.EndAsync()).Should().BeEquivalentTo(new { Status = 401, Code = "key-revoked" });
    }

    [Fact]
    public async Task Stream_OfAKeyThatExpires_EndsThen()
    {
        await using var gateway = await StartAsync();
        var auditor = await gateway.CreateKeyAsync([Scopes.AuditRead], DateTimeOffset.UtcNow.AddSeconds(2));
        using var stream = await OpenStream.OpenAsync(gateway, key: auditor.ApiKey);

        (await stream.EndAsync()).Should().BeEquivalentTo(new { Status = 401, Code = "key-expired" });
    }

    [Fact]
    public async Task Stream_ThatNobodyReads_HoldsNothingBackAndCatchesUp()
    {
        await using var gateway = await StartAsync();
        using var slow = await OpenStream.OpenAsync(gateway, "?kind=decision");
        using var quick = await OpenStream.OpenAsync(gateway, "?kind=decision");
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
        using var one = await OpenStream.OpenAsync(gateway);
        var two = await OpenStream.OpenAsync(gateway);

        var third = await OpenStream.SendAsync(gateway, "", null);
        (await TestGateway.ReadAsync(third, ProtocolJson.Default.Problem, HttpStatusCode.TooManyRequests)).Code.Should().Be("too-many-streams");

        two.Dispose();
        await Eventually.BecomesAsync(
            async () =>
            {
                using var again = await OpenStream.SendAsync(gateway, "", null);
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

        var problem = await TestGateway.ReadAsync(await OpenStream.SendAsync(gateway, query, null), ProtocolJson.Default.Problem, HttpStatusCode.BadRequest);

        problem.Detail.Should().Contain(expected);
    }

    [Fact]
    public async Task Stream_WithABadLastEventId_IsRefused()
    {
        await using var gateway = await StartAsync();

        (await TestGateway.ReadAsync(await OpenStream.SendAsync(gateway, "", "x"), ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Detail.Should().Contain("`Last-Event-ID` must be");
    }
}

/// <inheritdoc/>
public sealed class SqliteAuditStreamTests() : AuditStreamTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresAuditStreamTests() : AuditStreamTests(StoreKind.Postgres);
