using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Hosting;

/// <summary>Work that is looked for in the background, one round after the other, until the gateway stops.</summary>
/// <remarks>
/// A round that fails ends there and the next one tries again: the gateway goes on. Its failure is told when the one before it did
/// not fail, so that an outage is told of once.
/// </remarks>
/// <param name="name">What the rounds do, for the log of a stop that leaves one behind.</param>
/// <param name="interval">Between the beginnings of rounds; before the first one, too. A round that takes longer delays the next.</param>
/// <param name="clock">Measures it.</param>
/// <param name="round">One round; its token is cancelled at the stop.</param>
/// <param name="failed">Hears of the first failure of a streak.</param>
/// <param name="logger">Hears of a round that a stop leaves behind.</param>
internal sealed class BackgroundRounds(string name, TimeSpan interval, TimeProvider clock, Func<CancellationToken, Task> round, Action<Exception> failed, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;
    private long _ended;

    /// <summary>Rounds that have ended, failed ones among them.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Once.</summary>
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Begins no further round and returns when the one under way has ended, or hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (await _loop.EndsInTimeAsync(name, logger))
        {
            _stop.Dispose();
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(interval, clock);
        var isFailing = false;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    await round(_stop.Token);
                    isFailing = false;
                }
                catch (Exception exception) when (exception is not OperationCanceledException || !_stop.IsCancellationRequested)
                {
                    if (!isFailing)
                    {
                        failed(exception);
                    }

                    isFailing = true;
                }

                Interlocked.Increment(ref _ended);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop itself.
        }
    }
}
