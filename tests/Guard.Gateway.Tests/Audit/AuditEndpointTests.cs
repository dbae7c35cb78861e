using System.Net;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Audit;

public sealed class AuditEndpointTests
{
    [Fact]
    public async Task Events_PagedBackwards_AreAllThereOnce()
    {
        await using var gateway = await TestGateway.StartAsync();
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
        await using var gateway = await TestGateway.StartAsync();
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
        await using var gateway = await TestGateway.StartAsync();
        var second = await gateway.CreateAgentAsync("second");
        await gateway.DecideAsync(Some.Read());
        await gateway.DecideAsync(Some.Read(Some.Workspace + "/.env"));
        await gateway.DecideAsync(Some.Write());
        await gateway.DecideAsync(Some.Read(session: "other"), second.ApiKey);

        (await gateway.EventsAsync("?" + filter)).Events.Should().HaveCount(expected);
    }

    [Theory]
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
        await using var gateway = await TestGateway.StartAsync();

        var response = await gateway.SendAsync(HttpMethod.Get, "/v1/events?" + filter, gateway.Credentials.AdminKey);

        (await TestGateway.ReadAsync(response, ProtocolJson.Default.Problem, HttpStatusCode.BadRequest)).Code.Should().Be("bad-request");
    }

    [Fact]
    public async Task Filter_WithSqlInIt_IsOnlyText()
    {
        await using var gateway = await TestGateway.StartAsync();
        await gateway.DecideAsync(Some.Read());

        (await gateway.EventsAsync("?agent=" + Uri.EscapeDataString("x' OR '1'='1"))).Events.Should().BeEmpty();
    }
}
