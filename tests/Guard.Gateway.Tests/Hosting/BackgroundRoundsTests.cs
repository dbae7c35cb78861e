using System.Collections.Concurrent;
using Guard.Gateway.Hosting;

namespace Guard.Gateway.Tests.Hosting;

public sealed class BackgroundRoundsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task Rounds_ThatFail_AreToldOfOncePerStreakAndGoOn()
    {
        var told = new ConcurrentQueue<string>();
        var began = 0;
        await using var rounds = new BackgroundRounds(
            Interval,
            TimeProvider.System,
            _ => ++began is 1 or 2 or 4 ? throw new InvalidOperationException($"round {began}") : Task.CompletedTask,
            exception => told.Enqueue(exception.Message));

        rounds.Start();
        await Eventually.BecomesAsync(() => Task.FromResult(rounds.Ended >= 6), true);

        told.Should().Equal("round 1", "round 4");
    }

    [Fact]
    public async Task Round_ThatIsCancelledByItself_IsAFailureLikeOthers()
    {
        var told = new ConcurrentQueue<Exception>();
        await using var rounds = new BackgroundRounds(Interval, TimeProvider.System, static _ => throw new TaskCanceledException("a time-out of its own"), told.Enqueue);

        rounds.Start();
        await Eventually.BecomesAsync(() => Task.FromResult(rounds.Ended >= 3), true);

        told.Should().ContainSingle().Which.Should().BeOfType<TaskCanceledException>();
    }

    [Fact]
    public async Task Stop_DuringARound_EndsItAndBeginsNoOther()
    {
        var began = 0;
        var rounds = new BackgroundRounds(
            Interval,
            TimeProvider.System,
            stop =>
            {
                Interlocked.Increment(ref began);
                return Task.Delay(Timeout.Infinite, stop);
            },
            static _ => { });

        rounds.Start();
        await Eventually.BecomesAsync(() => Task.FromResult(Volatile.Read(ref began)), 1);
        await rounds.DisposeAsync();

        (began, rounds.Ended).Should().Be((1, 0L));
    }

    [Fact]
    public async Task Stop_WithoutAStart_Returns()
    {
        var rounds = new BackgroundRounds(Interval, TimeProvider.System, static _ => Task.CompletedTask, static _ => { });

        await rounds.DisposeAsync();

        rounds.Ended.Should().Be(0);
    }
}
