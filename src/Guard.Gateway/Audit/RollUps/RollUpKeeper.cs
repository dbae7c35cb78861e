using System.Data.Common;
using Guard.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Audit.RollUps;

/// <summary>Counts recorded events in the background. Statistics count themselves what it has not got to, so nothing waits for it.</summary>
internal sealed partial class RollUpKeeper : IAsyncDisposable
{
    private readonly RollUpStore _store;
    private readonly ChangeFeed _changes;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly ILogger<RollUpKeeper> _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public RollUpKeeper(RollUpStore store, ChangeFeed changes, TimeSpan interval, TimeProvider clock, ILogger<RollUpKeeper> logger)
    {
        _store = store;
        _changes = changes;
        _interval = interval;
        _clock = clock;
        _logger = logger;
    }

    public void Start() => _loop = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(_interval, _clock);
        long? done = null;
        var failed = false;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                var recorded = _changes.RecordedTo;
                if (done == recorded)
                {
                    continue;
                }

                try
                {
                    while (_store.Step())
                    {
                        _stop.Token.ThrowIfCancellationRequested();
                    }

                    done = recorded;
                    failed = false;
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    // An outage is told of elsewhere, and once is enough.
                    if (!failed && exception is not DbException)
                    {
                        LogFailed(exception);
                    }

                    failed = true;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop itself.
        }
    }

    [LoggerMessage(EventId = 7201, Level = LogLevel.Error, Message = "Recorded events could not be counted for statistics; it is tried again, and statistics count them one by one meanwhile")]
    private partial void LogFailed(Exception exception);
}
