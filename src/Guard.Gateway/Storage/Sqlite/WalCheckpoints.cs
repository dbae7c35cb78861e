using Guard.Gateway.Hosting;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Storage.Sqlite;

/// <summary>Copies what was committed from SQLite's write-ahead log into its file, beside the writer instead of in its thread.</summary>
/// <remarks>
/// Left to itself SQLite does it in the commit that makes the log long, every 4 MiB: then every event behind that commit waits for a second
/// synchronisation of the disk. While events come without a pause the log is never copied to its end, so it grows, until the writer copies
/// the little that is left when it has 128 MiB. Nothing that is promised depends on it: what is committed is safe in the log.
/// After an erasure it empties the log, which else holds the erased text until something is written over it.
/// </remarks>
internal sealed partial class WalCheckpoints : IStoreUpkeep
{
    // About 32 MiB of log.
    private const int ManyEvents = 4_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LeastOften = TimeSpan.FromSeconds(5);

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _clock;
    private readonly ILogger<WalCheckpoints> _logger;
    private readonly BackgroundRounds _rounds;

    // Used by the rounds alone: what was recorded at the last copy, and when that was.
    private long _copiedTo;
    private long _copiedAt;

    public WalCheckpoints(SqliteDatabase database, TimeProvider clock, ILogger<WalCheckpoints> logger)
    {
        _database = database;
        _clock = clock;
        _logger = logger;
        _copiedAt = clock.GetTimestamp();
        _rounds = new BackgroundRounds("The copying of the write-ahead log", Interval, clock, CopyAsync, LogFailed, logger);
    }

    public void Start() => _rounds.Start();

    public ValueTask DisposeAsync() => _rounds.DisposeAsync();

    private Task CopyAsync(CancellationToken stop)
    {
        var recorded = _database.Changes.RecordedTo;
        var isDue = recorded - _copiedTo >= ManyEvents || (recorded != _copiedTo && _clock.GetElapsedTime(_copiedAt) >= LeastOften);
        if (isDue || _database.LogHoldsErased)
        {
            _database.CheckpointLog();
            (_copiedTo, _copiedAt) = (recorded, _clock.GetTimestamp());
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 6201, Level = LogLevel.Warning, Message = "SQLite's write-ahead log could not be copied into the store's file; it grows, and that is tried again")]
    private partial void LogFailed(Exception exception);
}
