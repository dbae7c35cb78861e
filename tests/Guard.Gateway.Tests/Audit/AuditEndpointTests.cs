using System.Net;
using System.Text.Json;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

public abstract class AuditEndpointTests(StoreKind kind) : StoreTests(kind)
{
    [Fact]
    public async Task Events_PagedBackwards_AreAllThereOnce()
    {
        await using var gateway = await StartAsync();
        for (var i = 0; i < 7; i++)
        {
            await gateway.DecideAsync(Some.Read());
        }

        var seen = new List<long>();
        long? before = null;
        do
        {
            var page = await gateway.EventsAsync($"?kind=decision&limit=3{(before is { } position ? $"&before={position}" : "")}");
            page.Events.Should().HaveCountLessThanOrEqualTo(3);
            seen.AddRange(page.Events.Select(e => e.Position));
            before = page.NextBefore;
        }
        while (before is not null);

        seen.Should().HaveCount(7).And.OnlyHaveUniqueItems().And.BeInDescendingOrder();
    }

    [Fact]
    public async Task Events_FollowedForwards_MissNone()
    {
        await using var gateway = await StartAsync();
        var start = (await gateway.EventsAsync("?limit=1")).Events.Single().Position;
        for (var i = 0; i < 5; i++)
        {
            await gateway.DecideAsync(Some.Read());
        }

        var first = (await gateway.EventsAsync($"?after={start}&limit=3")).Events;
        var second = (await gateway.EventsAsync($"?after={first[0].Position}&limit=3")).Events;

        first.Should().HaveCount(3, "the events right behind the position, not the newest of all");
        second.Should().HaveCount(2);
        second.Concat(first).Select(e => e.Position).Should().BeInDescendingOrder().And.OnlyHaveUniqueItems();
    }

    [Theory]
    [InlineData("agent=first", 3)]
    [InlineData("agent=second", 1)]
    [InlineData("decision=deny", 1)]
    [InlineData("decision=allow", 2)]
    [InlineData("action=read:file", 3)]
    [InlineData("action=write:file", 1)]
    [InlineData("tool=Write", 1)]
    [InlineData("session=other", 1)]
    [InlineData("policy=everyday&kind=decision", 4)]
    [InlineData("rule=credentials", 1)]
    [InlineData("rule=credentials&agent=second", 0)]
    public async Task Events_Filtered_AreThose(string filter, int expected)
    {
        await using var gateway = await StartAsync();
        var second = await gateway.CreateAgentAsync("second");
        await gateway.DecideAsync(Some.Read());
        await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env"));
        await gateway.DecideAsync(Some.Write());
        await gateway.DecideAsync(Some.Read(session: "other"), second.ApiKey);

        (await gateway.EventsAsync("?" + filter)).Events.Should().HaveCount(expected);
    }

    [Theory]
    [InlineData("from=yesterday")]
    [InlineData("from=24h")]
    [InlineData("to=2026-13-01")]
    [InlineData("from=2026-03-02&to=2026-03-01")]
    [InlineData("from=2026-03-01&to=2026-03-01")]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=x")]
    [InlineData("limit=-1")]
    [InlineData("before=1&after=1")]
    [InlineData("decision=maybe")]
    [InlineData("agnet=first")]
    [InlineData("agent=a&agent=b")]
    [InlineData("agent=")]
    public async Task Events_WithABadFilter_AreRefused(string filter)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Get, "/v1/events?" + filter, gateway.Credentials.AdminKey);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Code.Should().Be("bad-request");
    }

    [Theory]
    [InlineData("from=2026-03-01T10:00:00Z", "noon,ten,late")]
    [InlineData("from=2026-03-01T10:00:00.001Z", "noon,late")]
    [InlineData("to=2026-03-01T10:00Z", "nine")]
    [InlineData("from=2026-03-01T11:30%2B02:00&to=2026-03-01T14:00%2B02:00", "ten")]
    [InlineData("from=2026-03-02", "late")]
    [InlineData("from=2026-03-01&to=2026-03-02", "noon,nine,ten")]
    [InlineData("from=2026-03-01&to=2026-03-02&limit=1", "ten")]
    [InlineData("from=2026-03-01&to=2026-03-02&after=0", "noon,nine,ten")]
    [InlineData("from=2027-01-01", "")]
    [InlineData("to=2025-01-01", "")]
    public async Task Events_OfATime_AreThoseAlsoWhenTheClockWasSetBack(string filter, string expected)
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        await using var gateway = await StartAsync(adjust: options => options with { Clock = clock });
        foreach (var (name, time) in new[] { ("noon", clock.Now), ("nine", clock.Now.AddHours(-3)), ("ten", clock.Now.AddHours(-2)), ("late", clock.Now.AddDays(1)) })
        {
            clock.Now = time;
            await gateway.DecideAsync(Some.Read($"{Some.Workspace}/{name}"));
        }

        var page = await gateway.EventsAsync($"?kind=decision&{filter}");

        string.Join(',', page.Events.Reverse().Select(e => Path.GetFileName(e.Resource))).Should().Be(expected);
    }

    [Fact]
    public async Task Events_ThatAreLarge_MakeShorterPagesAndNoneIsLost()
    {
        await using var gateway = await StartAsync();
        var large = JsonSerializer.SerializeToElement(new string('x', 900_000));
        for (var i = 0; i < 20; i++)
        {
            await gateway.DecideAsync(Some.Read() is var request ? request with { Call = request.Call with { Input = large } } : null!);
        }

        var first = await gateway.EventsAsync("?kind=decision");
        var second = await gateway.EventsAsync($"?kind=decision&before={first.NextBefore}");

        first.Events.Should().HaveCountLessThan(20);
        second.NextBefore.Should().BeNull();
        first.Events.Concat(second.Events).Select(e => e.Position).Should().HaveCount(20).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task Statistics_OfATime_CountItsDecisionsAlone()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));
        await using var gateway = await StartAsync(adjust: options => options with { Clock = clock });
        var second = await gateway.CreateAgentAsync("second", auditMode: true);
        await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env"));
        clock.Now += TimeSpan.FromHours(24);
        var begin = clock.Now;
        await gateway.DecideAsync(Some.Read());
        await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env"));
        clock.Now += TimeSpan.FromHours(2);
        await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env"));
        await gateway.DecideAsync(Some.Call("write:file", "/etc/other", "Write") with { Mode = Modes.Audit }, second.ApiKey);

        var stats = await StatisticsAsync(gateway, "?from=" + AuditTime.ToWire(begin));

        (stats.From, stats.To, stats.Decisions, stats.NotEnforced).Should().Be((begin, clock.Now.AddMilliseconds(1), 4, 1));
        stats.Effects.Select(e => (e.Effect, e.Decisions)).Should().Equal(("deny", 3), ("allow", 1));
        stats.Agents.Select(a => (a.Name, a.Decisions, a.Denied)).Should().Equal(("first", 3, 2), ("second", 1, 1));
        stats.Tools.Select(t => (t.Tool, t.Decisions, t.Denied)).Should().Equal(("Read", 3, 2), ("Write", 1, 1));
        stats.DeniedRules.Select(r => (r.Policy, r.Rule, r.Denied)).Should().Equal(("everyday", "credentials", 2), (null, null, 1));
        stats.DeniedResources.Select(r => (r.Action, r.Resource, r.Denied)).Should().Equal(("read:file", Some.Workspace + "/.env", 2), ("write:file", "/etc/other", 1));
        stats.DenialsPerHour.Select(h => (h.Hour.Hour, h.Denied)).Should().Equal((9, 1), (11, 2));
        (await StatisticsAsync(gateway, "")).Decisions.Should().Be(4, "the last 24 hours");
        (await StatisticsAsync(gateway, "?from=2026-03-01&to=2026-03-02")).Decisions.Should().Be(1);
        (await StatisticsAsync(gateway, "?from=2025-03-01&to=2025-03-02")).Effects.Should().BeEmpty();
    }

    [Theory]
    [InlineData("from=2026-03-02&to=2026-03-01")]
    [InlineData("from=2020-01-01&to=2026-03-01")]
    [InlineData("from=x")]
    [InlineData("to=0001-01-01")]
    [InlineData("agent=2026-03-01")]
    [InlineData("to=2026-03-01&to=2026-03-02")]
    public async Task Statistics_WithABadFilter_AreRefused(string filter)
    {
        await using var gateway = await StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Get, "/v1/events/stats?" + filter, gateway.Credentials.AdminKey);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Code.Should().Be("bad-request");
    }

    private static async Task<AuditStats> StatisticsAsync(TestGateway gateway, string query) =>
        await TestGateway.ReadAsync(await gateway.SendAsync(HttpMethod.Get, "/v1/events/stats" + query, gateway.Credentials.AdminKey), ProtocolJson.Default.AuditStats, HttpStatusCode.OK);

    [Fact]
    public async Task Filter_WithSqlInIt_IsOnlyText()
    {
        await using var gateway = await StartAsync();
        await gateway.DecideAsync(Some.Read());

        (await gateway.EventsAsync("?agent=" + Uri.EscapeDataString("x' OR '1'='1"))).Events.Should().BeEmpty();
    }
}

/// <inheritdoc/>
public sealed class SqliteAuditEndpointTests() : AuditEndpointTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresAuditEndpointTests() : AuditEndpointTests(StoreKind.Postgres);
