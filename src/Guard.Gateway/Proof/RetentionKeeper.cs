using System.Data.Common;
using System.Globalization;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Proof;

/// <summary>Ends the retention of months by itself, for each class when all its events in a month are older than its days.</summary>
/// <remarks>
/// Months that are to go long since, as after a gateway was down for long, go one a day, the oldest first, for each class: a clock
/// that is far ahead is seen before it has cost more than that.
/// </remarks>
internal sealed partial class RetentionKeeper : IAsyncDisposable
{
    public const string Actor = "retention";
    private static readonly TimeSpan Between = TimeSpan.FromHours(24);

    private readonly RecordRetention _retention;
    private readonly RetentionOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<RetentionKeeper> _logger;
    private readonly BackgroundRounds _rounds;

    public RetentionKeeper(RecordRetention retention, RetentionOptions options, TimeProvider clock, ILogger<RetentionKeeper> logger)
    {
        _retention = retention;
        _options = options;
        _clock = clock;
        _logger = logger;
        _rounds = new BackgroundRounds("The retention of the record", options.Interval, clock, LookAsync, LogFailed, logger);
    }

    /// <summary>How often it has looked.</summary>
    public long Rounds => _rounds.Ended;

    public void Start() => _rounds.Start();

    public ValueTask DisposeAsync() => _rounds.DisposeAsync();

    private async Task LookAsync(CancellationToken stop)
    {
        // Before what is judged by it is read: a clock that is set meanwhile ends nothing.
        var now = _retention.Now();
        foreach (var (retention, oldest) in _retention.Oldest())
        {
            if (retention != RetentionClass.None)
            {
                ExpireOldest(retention, oldest, now);
            }
        }

        while (_retention.DropSome())
        {
            // Whoever records in between goes first.
            await Task.Delay(_options.Pause, _clock, stop);
        }
    }

    private void ExpireOldest(int days, DateTimeOffset oldest, DateTimeOffset now)
    {
        // Of the month that the limit lies in, some are younger.
        var before = MonthAfter(oldest);
        if (before > now - TimeSpan.FromDays(days) || (_retention.Latest(days) is { } latest && (now - DateTimeOffset.FromUnixTimeMilliseconds(latest.ExpiredAt)).Duration() < Between))
        {
            return;
        }

        try
        {
            if (_retention.Expire(before, days, Actor, $"events of {Month(oldest)} that are kept for {days} days, as policies stated when they were recorded").Count > 0)
            {
                LogExpired(Month(oldest), days);
            }
        }
        catch (DbException) when (_retention.Latest(days) is { } made && made.Before >= before.ToUnixTimeMilliseconds())
        {
            // Another gateway said it in the same moment.
        }
    }

    private static string Month(DateTimeOffset time) => time.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static DateTimeOffset MonthAfter(DateTimeOffset time) => new DateTimeOffset(time.Year, time.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    [LoggerMessage(EventId = 7301, Level = LogLevel.Information, Message = "The retention of events of {Month} has ended that are kept for {Days} days")]
    private partial void LogExpired(string month, int days);

    [LoggerMessage(EventId = 7302, Level = LogLevel.Warning, Message = "What has expired could not be deleted yet; it is tried again")]
    private partial void LogFailed(Exception exception);
}
