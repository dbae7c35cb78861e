using System.Data.Common;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Audit.RollUps;

/// <summary>Counts recorded events in the background. Statistics count themselves what it has not got to, so nothing waits for it.</summary>
internal sealed partial class RollUpKeeper : IAsyncDisposable
{
    private readonly RollUpStore _store;
    private readonly ChangeFeed _changes;
    private readonly ILogger<RollUpKeeper> _logger;
    private readonly BackgroundRounds _rounds;

    // Used by the rounds alone: what was recorded when the last one had counted everything. Null: none has.
    private long? _done;

    public RollUpKeeper(RollUpStore store, ChangeFeed changes, TimeSpan interval, TimeProvider clock, ILogger<RollUpKeeper> logger)
    {
        _store = store;
        _changes = changes;
        _logger = logger;
        _rounds = new BackgroundRounds("The counting for statistics", interval, clock, CountAsync, Failed, logger);
    }

    public void Start() => _rounds.Start();

    public ValueTask DisposeAsync() => _rounds.DisposeAsync();

    private Task CountAsync(CancellationToken stop)
    {
        var recorded = _changes.RecordedTo;
        if (_done == recorded)
        {
            return Task.CompletedTask;
        }

        while (_store.Step())
        {
            stop.ThrowIfCancellationRequested();
        }

        _done = recorded;
        return Task.CompletedTask;
    }

    private void Failed(Exception exception)
    {
        // An outage is told of elsewhere.
        if (exception is not DbException)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(EventId = 7201, Level = LogLevel.Error, Message = "Recorded events could not be counted for statistics; it is tried again, and statistics count them one by one meanwhile")]
    private partial void LogFailed(Exception exception);
}
