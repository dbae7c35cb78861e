using Guard.Gateway.Sequences;
using Guard.Gateway.Tests.Spooled;
using Guard.Gateway.Tests.Stores;
using Guard.Protocol;

namespace Guard.Gateway.Tests.Sequences;

/// <summary>Requests of a hook that never arrive show in the record, and those that only come late do not.</summary>
public abstract class SequenceTests(StoreKind kind) : StoreTests(kind)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(600);

    [Fact]
    public async Task Number_ThatNeverArrives_IsAnEventAndCounted()
    {
        await using var gateway = await StartAsync();
        foreach (var number in new[] { 1, 2, 4, 5, 9 })
        {
            await gateway.DecideAsync(Numbered(number));
        }

        await Eventually.BecomesAsync(async () => (await GapsAsync(gateway)).Count, 2);

        (await GapsAsync(gateway)).Should().Equal((3, 1, "request 3 of this installation never arrived"), (6, 3, "requests 6 to 8 of this installation never arrived"));
        var metrics = await (await gateway.SendAsync(HttpMethod.Get, "/metrics", gateway.Credentials.AdminKey)).Content.ReadAsStringAsync();
        metrics.Should().Contain("\nguard_sequence_gaps_total 2\n").And.Contain("\nguard_sequence_missing_total 4\n");
        (await gateway.EventsAsync("?kind=sequence-gap")).Events[0].Should().BeEquivalentTo(new { AgentName = "first", Installation = "box" });
    }

    [Fact]
    public async Task Numbers_OutOfOrderAndFromASpool_AreNoGap()
    {
        await using var gateway = await StartAsync(TimeSpan.FromSeconds(6));
        foreach (var number in new[] { 3, 1, 5, 4 })
        {
            await gateway.DecideAsync(Numbered(number));
        }

        await SpoolTests.HandOverAsync(gateway, [SpoolTests.Line(SpoolTests.Denied(Numbered(2)))]);
        await gateway.DecideAsync(Numbered(7));

        await Eventually.BecomesAsync(async () => (await GapsAsync(gateway)).Count, 1);
        (await GapsAsync(gateway)).Should().ContainSingle().Which.First.Should().Be(6, "the first five all came, if in another order");
    }

    [Fact]
    public async Task Gap_OnRecord_IsNotRecordedAgainAfterARestart_AndOneBeforeTheRestartIsNotForgotten()
    {
        await using var gateway = await StartAsync();
        await gateway.DecideAsync(Numbered(1));
        await gateway.DecideAsync(Numbered(3));
        await Eventually.BecomesAsync(async () => (await GapsAsync(gateway)).Count, 1);
        await gateway.DecideAsync(Numbered(5));

        await using var next = await gateway.RestartAsync();
        await next.DecideAsync(Numbered(6));

        await Eventually.BecomesAsync(async () => (await GapsAsync(next)).Count, 2);
        (await GapsAsync(next)).Select(gap => gap.First).Should().Equal(2, 4);
    }

    [Fact]
    public void Numbers_OfAHostileAgent_AreBounded()
    {
        var numbers = new InstallationNumbers(0);
        for (var i = 0L; i < 100_000; i++)
        {
            numbers.Saw(2 + (2 * i), timestamp: 1);
            if (numbers.IsFull)
            {
                numbers.GiveUp(1);
            }
        }

        numbers.IsFull.Should().BeFalse();
        numbers.Saw(Wire.MaxInteger, 1);
        numbers.SettledTo.Should().BeGreaterThan(100_000);
    }

    private protected static DecisionRequest Numbered(long number, string installation = "box") =>
        Some.Read() is var request ? request with { Hook = request.Hook with { Installation = installation, Sequence = number } } : null!;

    private protected static async Task<List<(long First, long Count, string Reason)>> GapsAsync(TestGateway gateway) =>
        [.. (await gateway.EventsAsync("?kind=sequence-gap")).Events.Select(e => (e.Sequence!.Value, e.Count!.Value, e.Reason!)).Order()];

    private protected Task<TestGateway> StartAsync(TimeSpan? patience = null) => StartAsync(adjust: options => options with
    {
        Limits = options.Limits with { SequencePatience = patience ?? Patience, PerKey = new Guard.Gateway.Identity.RateLimit(1_000_000, 1_000_000) },
    });
}

/// <inheritdoc/>
public sealed class SqliteSequenceTests() : SequenceTests(StoreKind.Sqlite);

/// <inheritdoc/>
public sealed class PostgresSequenceTests() : SequenceTests(StoreKind.Postgres)
{
    [Fact]
    public async Task Numbers_SharedByTwoGateways_AreNoGap()
    {
        await using var one = await StartAsync();
        await using var two = await one.JoinAsync();
        for (var number = 1; number <= 20; number++)
        {
            await (number % 2 == 0 ? one : two).DecideAsync(Numbered(number), one.Credentials.AgentKey);
        }

        await one.DecideAsync(Numbered(22));

        await Eventually.BecomesAsync(async () => (await GapsAsync(one)).Count, 1);
        (await GapsAsync(one)).Should().ContainSingle().Which.First.Should().Be(21);
    }
}
