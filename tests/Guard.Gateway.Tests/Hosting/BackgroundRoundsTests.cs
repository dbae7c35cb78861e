using System.Collections.Concurrent;
using Guard.Gateway.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

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
            "The rounds",
            Interval,
            TimeProvider.System,
            _ => ++began is 1 or 2 or 4 ? throw new InvalidOperationException($"round {began}") : Task.CompletedTask,
            exception => told.Enqueue(exception.Message),
            NullLogger.Instance);

        rounds.Start();
        await Eventually.BecomesAsync(() => Task.FromResult(rounds.Ended >= 6), true);

        told.Should().Equal("round 1", "round 4");
    }

    [Fact]
    public async Task Round_ThatIsCancelledByItself_IsAFailureLikeOthers()
    {
        var told = new ConcurrentQueue<Exception>();
        await using var rounds = new BackgroundRounds("The rounds", Interval, TimeProvider.System, static _ => throw new TaskCanceledException("a time-out of its own"), told.Enqueue, NullLogger.Instance);

        rounds.Start();
        await Eventually.BecomesAsync(() => Task.FromResult(rounds.Ended >= 3), true);

        told.Should().ContainSingle().Which.Should().BeOfType<TaskCanceledException>();
    }

    [Fact]
    public async Task Stop_DuringARound_EndsItAndBeginsNoOther()
    {
        var began = 0;
        var rounds = new BackgroundRounds(
            "The rounds",
            Interval,
            TimeProvider.System,
            stop =>
            {
                Interlocked.Increment(ref began);
                return Task.Delay(Timeout.Infinite, stop);
            },
            static _ => { },
            NullLogger.Instance);

        rounds.Start();
        await Eventually.BecomesAsync(() => Task.FromResult(Volatile.Read(ref began)), 1);
        await rounds.DisposeAsync();

        (began, rounds.Ended).Should().Be((1, 0L));
    }

    /// <summary>It hangs in a store, say, and hears nothing of the stop.</summary>
    [Fact]
    public async Task Stop_DuringARoundThatHangs_LeavesItBehindAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        using var hang = new ManualResetEventSlim();
        var began = new TaskCompletionSource();
        using (var loggers = OperationalLog.Create(new LogOptions { File = folder.File("log") }))
        {
            var rounds = new BackgroundRounds(
                "The counting",
                Interval,
                TimeProvider.System,
                _ =>
                {
                    began.TrySetResult();
                    hang.Wait(CancellationToken.None);
                    return Task.CompletedTask;
                },
                static _ => { },
                loggers.CreateLogger("Guard.Test"));
            rounds.Start();
            await began.Task;

            await rounds.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

            rounds.Ended.Should().Be(0);
            hang.Set();
        }

        (await File.ReadAllTextAsync(folder.File("log"))).Should().Contain("The counting did not end within 5 s of the stop and is left behind");
    }

    [Fact]
    public async Task Stop_WithoutAStart_Returns()
    {
        var rounds = new BackgroundRounds("The rounds", Interval, TimeProvider.System, static _ => Task.CompletedTask, static _ => { }, NullLogger.Instance);

        await rounds.DisposeAsync();

        rounds.Ended.Should().Be(0);
    }
}
