using Guard.Gateway.Hosting;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Storage;

/// <summary>Brings the policies and keys in this gateway's memory up to date whenever the store's have changed.</summary>
/// <remarks>
/// What must never be out of date does not rely on it: a decision is held against the generations again when it is stored.
/// </remarks>
internal sealed partial class ChangeFollower : IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly ChangeFeed _feed;
    private readonly IReadOnlyList<Action> _refresh;
    private readonly TimeProvider _clock;
    private readonly ILogger<ChangeFollower> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <param name="feed">Tells when.</param>
    /// <param name="refresh">Each loads its part again where the store's is newer.</param>
    /// <param name="clock">Measures the time until the next try after a failure.</param>
    /// <param name="logger">Hears of failures.</param>
    public ChangeFollower(ChangeFeed feed, IReadOnlyList<Action> refresh, TimeProvider clock, ILogger<ChangeFollower> logger)
    {
        _feed = feed;
        _refresh = refresh;
        _clock = clock;
        _logger = logger;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Does it now, for who has found out that something is out of date.</summary>
    /// <exception cref="System.Data.Common.DbException">The store cannot be read.</exception>
    public void CatchUp()
    {
        foreach (var part in _refresh)
        {
            part();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (await _loop.EndsInTimeAsync("The loading of changed policies and keys", _logger))
        {
            _stop.Dispose();
        }
    }

    private async Task RunAsync()
    {
        var known = _feed.Generations;
        var done = true;
        try
        {
            while (true)
            {
                if (done)
                {
                    await _feed.WaitForChangeAsync(known, _stop.Token);
                }
                else
                {
                    await Task.Delay(RetryAfter, _clock, _stop.Token);
                }

                known = _feed.Generations;
                done = Refresh();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop itself.
        }
    }

    private bool Refresh()
    {
        var done = true;
        foreach (var part in _refresh)
        {
            try
            {
                part();
            }
            catch (Exception exception)
            {
                LogFailed(exception);
                done = false;
            }
        }

        return done;
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Warning, Message = "A change of policies or keys could not be loaded yet; it is tried again")]
    private partial void LogFailed(Exception exception);
}
