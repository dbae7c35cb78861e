using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Storage;
using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Identity;

/// <summary>
/// Counts requests that were refused before policy and puts them into the record: at most one event per subject and
/// second, so that a flood of refusals is not a flood of events.
/// </summary>
internal sealed partial class RefusalRecorder : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // More subjects than this in one second are one subject: a flood with ever new prefixes.
    private const int MaxSubjects = 64;

    private readonly AuditWriter _writer;
    private readonly string _organisation;
    private readonly Func<IReadOnlyList<int>> _retentions;
    private readonly TimeProvider _clock;
    private readonly ILogger<RefusalRecorder> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    // Protects _counts: requests add, the loop takes all.
    private readonly Lock _lock = new();
    private Dictionary<RefusalSubject, SortedDictionary<string, long>> _counts = [];

    // How many of what was taken from _counts are not recorded yet. Of use only to a stop that leaves a flush behind.
    private long _underWay;

    /// <param name="writer">Takes the events.</param>
    /// <param name="organisation">Whose they are.</param>
    /// <param name="retentions">Those that policies in force state, the shortest first.</param>
    /// <param name="clock">Measures the second.</param>
    /// <param name="logger">Hears of what could not be recorded.</param>
    public RefusalRecorder(AuditWriter writer, string organisation, Func<IReadOnlyList<int>> retentions, TimeProvider clock, ILogger<RefusalRecorder> logger)
    {
        _writer = writer;
        _organisation = organisation;
        _retentions = retentions;
        _clock = clock;
        _logger = logger;
        _loop = RunAsync();
    }

    public void Count(RefusalSubject subject, string code)
    {
        lock (_lock)
        {
            Add_NeedsLock(subject, code, 1);
        }
    }

    /// <summary>Records what was counted so far.</summary>
    public async Task FlushAsync()
    {
        Dictionary<RefusalSubject, SortedDictionary<string, long>> taken;
        lock (_lock)
        {
            taken = _counts;
            _counts = [];
            _underWay = taken.Values.Sum(static codes => codes.Values.Sum());
        }

        foreach (var (subject, codes) in taken)
        {
            try
            {
                await _writer.AppendAsync(AuditRecord.Of(Event(subject, codes), RetentionClass.Longest(_retentions())));
            }
            catch (AuditUnavailableException exception)
            {
                LogNotRecorded(subject.Text, exception.Message);
                PutBack(subject, codes);
            }

            Interlocked.Add(ref _underWay, -codes.Values.Sum());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (await _loop.EndsInTimeAsync("The recording of refused requests", _logger) && await FlushAsync().EndsInTimeAsync("The recording of requests that were refused last", _logger))
        {
            _stop.Dispose();
        }

        if (NotRecorded() is > 0 and var lost)
        {
            LogLost(lost);
        }
    }

    private long NotRecorded()
    {
        lock (_lock)
        {
            return Volatile.Read(ref _underWay) + _counts.Values.Sum(static codes => codes.Values.Sum());
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await FlushAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stop itself; what is left is recorded by DisposeAsync.
        }
    }

    private AuditEvent Event(RefusalSubject subject, SortedDictionary<string, long> codes)
    {
        var now = _clock.GetUtcNow();
        return new AuditEvent
        {
            Id = Ids.New(now),
            Time = now,
            Kind = AuditKinds.Refused,
            Organisation = _organisation,
            Owner = subject.Key?.Agent?.Owner ?? subject.Key?.Admin?.Name,
            AgentId = subject.Key?.Agent?.Facts.Id,
            AgentName = subject.Key?.Agent?.Facts.Name,
            Count = codes.Values.Sum(),
            Reason = $"{subject.Text}: {string.Join(", ", codes.Select(static pair => $"{pair.Key} {pair.Value}"))}",
        };
    }

    private void PutBack(RefusalSubject subject, SortedDictionary<string, long> codes)
    {
        lock (_lock)
        {
            foreach (var (code, count) in codes)
            {
                Add_NeedsLock(subject, code, count);
            }
        }
    }

    private void Add_NeedsLock(RefusalSubject subject, string code, long count)
    {
        if (!_counts.TryGetValue(subject, out var codes))
        {
            subject = _counts.Count < MaxSubjects ? subject : RefusalSubject.Others;
            if (!_counts.TryGetValue(subject, out codes))
            {
                codes = new SortedDictionary<string, long>(StringComparer.Ordinal);
                _counts.Add(subject, codes);
            }
        }

        codes[code] = codes.GetValueOrDefault(code) + count;
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "Refusals of {Subject} could not be recorded and are counted on: {Reason}")]
    private partial void LogNotRecorded(string subject, string reason);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "The gateway stops with {Count} refused requests that are not in the record: the store did not take them in time")]
    private partial void LogLost(long count);
}

/// <summary>Who was refused, as far as it is known. Equal by text.</summary>
internal sealed class RefusalSubject : IEquatable<RefusalSubject>
{
    public static readonly RefusalSubject Nobody = new("requests without a usable key", null);
    public static readonly RefusalSubject Others = new("requests with many different keys", null);

    private RefusalSubject(string text, KeyEntry? key)
    {
        Text = text;
        Key = key;
    }

    public string Text { get; }

    /// <summary>Null: the key is not proven, and a prefix alone accuses nobody.</summary>
    public KeyEntry? Key { get; }

    public static RefusalSubject OfPrefix(string prefix) => new($"requests with an unknown key {prefix}", null);

    public static RefusalSubject OfAccount(uint user) => new($"callers of account {user} on the Unix socket", null);

    public static RefusalSubject Of(KeyEntry key) => new($"requests with key {key.Prefix}", key);

    public bool Equals(RefusalSubject? other) => other is not null && string.Equals(Text, other.Text, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as RefusalSubject);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Text);
}
