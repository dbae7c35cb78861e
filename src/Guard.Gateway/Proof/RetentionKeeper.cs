using System.Data.Common;
using System.Globalization;
using Guard.Gateway.Hosting;
using Guard.Gateway.Policies;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Proof;

/// <summary>Ends the retention of months by itself, as policies state it.</summary>
/// <remarks>
/// Months that are to go long since, as after the first policy that states a retention, go one a day, the oldest first: a slip in a
/// policy, or a clock that is far ahead, is seen before it has cost more than that.
/// </remarks>
internal sealed partial class RetentionKeeper : IAsyncDisposable
{
    public const string Actor = "retention";
    private static readonly TimeSpan Between = TimeSpan.FromHours(24);

    private readonly RecordRetention _retention;
    private readonly ActiveBundle _active;
    private readonly RetentionOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<RetentionKeeper> _logger;
    private readonly BackgroundRounds _rounds;

    public RetentionKeeper(RecordRetention retention, ActiveBundle active, RetentionOptions options, TimeProvider clock, ILogger<RetentionKeeper> logger)
    {
        _retention = retention;
        _active = active;
        _options = options;
        _clock = clock;
        _logger = logger;
        _rounds = new BackgroundRounds(options.Interval, clock, LookAsync, LogFailed);
    }

    /// <summary>How often it has looked.</summary>
    public long Rounds => _rounds.Ended;

    public void Start() => _rounds.Start();

    public ValueTask DisposeAsync() => _rounds.DisposeAsync();

    private async Task LookAsync(CancellationToken stop)
    {
        ExpireOldest();
        while (_retention.DropSome())
        {
            // Whoever records in between goes first.
            await Task.Delay(_options.Pause, _clock, stop);
        }
    }

    private void ExpireOldest()
    {
        var current = _active.Current;
        if (current.Unusable is not null || current.Stale is not null || Longest(current) is not { } retention || _retention.Oldest() is not { } oldest)
        {
            return;
        }

        // Of the month that the limit lies in, some are younger.
        var now = _retention.Now();
        var before = MonthAfter(oldest);
        if (before > now - TimeSpan.FromDays(retention.Days) || (_retention.Latest() is { } latest && (now - DateTimeOffset.FromUnixTimeMilliseconds(latest.ExpiredAt)).Duration() < Between))
        {
            return;
        }

        var month = oldest.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        try
        {
            if (_retention.Expire(before, Actor, $"policy {retention.Policy} keeps events for {retention.Days} days, the longest that a policy states") is not null)
            {
                LogExpired(month, retention.Days, retention.Policy);
            }
        }
        catch (DbException) when (_retention.Latest() is { } made && made.Before >= before.ToUnixTimeMilliseconds())
        {
            // Another gateway said it in the same moment.
        }
    }

    // One record, one retention: whoever keeps events longest keeps them for all. None is stated: nothing expires.
    private static (int Days, string Policy)? Longest(BundleInForce current) => current.Bundle.Policies
        .Where(static policy => policy.Audit?.RetentionDays is not null)
        .Select(static policy => ((int Days, string Policy)?)(policy.Audit!.RetentionDays!.Value, policy.Name))
        .OrderByDescending(static stated => stated!.Value.Days)
        .ThenBy(static stated => stated!.Value.Policy, StringComparer.Ordinal)
        .FirstOrDefault();

    private static DateTimeOffset MonthAfter(DateTimeOffset time) => new DateTimeOffset(time.Year, time.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    [LoggerMessage(EventId = 7301, Level = LogLevel.Information, Message = "The retention of {Month} has ended: policy {Policy} keeps events for {Days} days, the longest that a policy states")]
    private partial void LogExpired(string month, int days, string policy);

    [LoggerMessage(EventId = 7302, Level = LogLevel.Warning, Message = "What has expired could not be deleted yet; it is tried again")]
    private partial void LogFailed(Exception exception);
}
