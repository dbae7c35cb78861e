using Guard.Gateway.Metrics;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Audit;

/// <summary>
/// The only way into the record for what agents do. Many requests hand in events, one thread commits them in groups, and
/// each request waits for its own commit. It answers or throws; it never drops.
/// </summary>
/// <remarks>
/// INVARIANT (recorded before answered): <see cref="AppendAsync"/> returns only after the store committed the record. The
/// operational log makes the opposite promise: it never throws and may drop.
/// A group is whatever came in while the one before it was committed: nobody waits for a group to fill.
/// An event that comes while nothing else is under way is committed by its own request, where the store can do that without a thread
/// that waits: to wake the writer's thread would take as long as half of the commit.
/// </remarks>
internal sealed partial class AuditWriter : IAsyncDisposable
{
    private const int MaxGroup = 512;

    // How much later than its deadline a request may hear of it, as a part of the deadline.
    private const int LooksPerDeadline = 50;

    private readonly IAuditStore _store;
    private readonly AuditWriterOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<AuditWriter> _logger;
    private readonly Task _loop;
    private readonly ITimer _deadlines;

    // Protects the fields below. Nothing waits while it holds it but the writer's thread, for something to do.
    private readonly object _lock = new();
    private List<WaitingRecord> _waiting = [];
    private List<WaitingRecord> _committing = [];
    private bool _isIdle;

    // A request commits its own event; nobody else may ask the store for anything.
    private bool _isAlone;
    private bool _isStopping;

    // Written by the writer's thread and by requests that gave up, read by health checks. Null: the last group was committed.
    private volatile string? _failure;

    public AuditWriter(IAuditStore store, AuditWriterOptions options, GatewayMetrics metrics, TimeProvider clock, ILogger<AuditWriter> logger)
    {
        _store = store;
        _options = options;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        metrics.ObserveQueue(() => Queued, options.QueueLength);
        // A thread of its own: the store blocks on the disk, and a pool thread that blocks delays every request.
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        // One timer for all: a timer for each request costs more than its place in the queue.
        _deadlines = clock.CreateTimer(_ => GiveUpLate(), null, options.Deadline / LooksPerDeadline, options.Deadline / LooksPerDeadline);
    }

    /// <summary>Events that wait for their commit.</summary>
    public int Queued
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Nothing waits and nothing is under way.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _isIdle;
            }
        }
    }

    public int QueueLength => _options.QueueLength;

    /// <summary>Why an event could not be committed, or not in time; null: the last group was.</summary>
    public string? Failure => _failure;

    /// <summary>Returns when the record is durable, or known to be a duplicate.</summary>
    /// <param name="record">What is to be stored.</param>
    /// <param name="answersAtOnce">
    /// What the caller does after its event was appended neither blocks nor is long, so that it may be done for several events one
    /// after another. Everything else gets a turn of its own in the pool.
    /// </param>
    /// <exception cref="AuditUnavailableException">The queue is full, the store failed, or it was too slow. The caller must deny.</exception>
    public Task<AppendResult> AppendAsync(AuditRecord record, bool answersAtOnce = false)
    {
        var waiting = new WaitingRecord(record, _clock.GetTimestamp(), answersAtOnce);
        bool isAlone;
        lock (_lock)
        {
            if (_isStopping || _waiting.Count >= _options.QueueLength)
            {
                return Task.FromException<AppendResult>(new AuditUnavailableException($"the audit queue is full ({_options.QueueLength} events wait) or the gateway is stopping"));
            }

            isAlone = _isIdle && answersAtOnce;
            if (isAlone)
            {
                (_isIdle, _isAlone) = (false, true);
                _committing.Add(waiting);
            }
            else
            {
                _waiting.Add(waiting);
                if (_isIdle)
                {
                    _isIdle = false;
                    Monitor.Pulse(_lock);
                }
            }
        }

        if (isAlone)
        {
            _ = CommitAloneAsync(waiting);
        }

        return waiting.Result;
    }

    /// <summary>Takes no more events, commits those that wait, and closes the store. A store that hangs is left behind after the deadline.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isStopping = true;
            Monitor.Pulse(_lock);
        }

        try
        {
            await _loop.WaitAsync(_options.Deadline, _clock);
            _store.Dispose();
        }
        catch (TimeoutException)
        {
            LogLeftBehind(Queued);
            GiveUp(static _ => true);
        }

        await _deadlines.DisposeAsync();
    }

    private void Run()
    {
        var records = new List<AuditRecord>(MaxGroup);
        while (TakeGroup() is { } group)
        {
            records.AddRange(group.Select(static waiting => waiting.Record));
            Commit(group, records);
            records.Clear();
        }
    }

    // Blocking is right here: this thread is the writer's own and has nothing else to do. Null: the end.
    private List<WaitingRecord>? TakeGroup()
    {
        lock (_lock)
        {
            _committing.Clear();
            while (_isAlone || _waiting.Count == 0)
            {
                if (_isStopping && !_isAlone)
                {
                    return null;
                }

                _isIdle = !_isAlone;
                Monitor.Wait(_lock);
            }

            _isIdle = false;
            if (_waiting.Count <= MaxGroup)
            {
                (_waiting, _committing) = (_committing, _waiting);
            }
            else
            {
                _committing.AddRange(_waiting.Take(MaxGroup));
                _waiting.RemoveRange(0, MaxGroup);
            }

            return _committing;
        }
    }

    // INVARIANT (no one waits for ever): every member of the group gets a result or an exception here, whatever the store does.
    private void Commit(List<WaitingRecord> group, List<AuditRecord> records)
    {
        var began = _clock.GetTimestamp();
        try
        {
            var results = _store.Append(records);
            _metrics.Committed(records.Count, _clock.GetElapsedTime(began));
            _failure = null;
            GroupAnswers.Give(group, results);
        }
        catch (Exception exception)
        {
            _failure = exception.Message;
            LogCommitFailed(group.Count, exception);
            _metrics.NotRecorded(group.Count);
            foreach (var waiting in group)
            {
                waiting.Refuse(new AuditUnavailableException($"the store failed: {exception.Message}", exception));
            }
        }
    }

    // Never throws. What does not go well is done once more by the thread that may wait: an event that is stored already counts as stored then.
    private async Task CommitAloneAsync(WaitingRecord waiting)
    {
        try
        {
            var began = _clock.GetTimestamp();
            if (_store.TryAppendAlone(waiting.Record, out var append))
            {
                var result = await append;
                _metrics.Committed(1, _clock.GetElapsedTime(began));
                _failure = null;
                EndAlone(handedOver: null);
                GroupAnswers.Give([waiting], [result]);
                return;
            }
        }
        catch (Exception exception)
        {
            LogAloneFailed(exception);
        }

        EndAlone(waiting);
    }

    private void EndAlone(WaitingRecord? handedOver)
    {
        lock (_lock)
        {
            _isAlone = false;
            _committing.Clear();
            if (handedOver is not null)
            {
                _waiting.Insert(0, handedOver);
            }

            _isIdle = _waiting.Count == 0 && !_isStopping;
            if (!_isIdle)
            {
                Monitor.Pulse(_lock);
            }
        }
    }

    private void GiveUpLate() => GiveUp(waiting => _clock.GetElapsedTime(waiting.Since) >= _options.Deadline);

    // What still waits is not stored any more. What is being committed may still be stored; the answer is a denial all the same.
    private void GiveUp(Predicate<WaitingRecord> isLate)
    {
        List<WaitingRecord> late;
        lock (_lock)
        {
            var inTime = _waiting.FindIndex(waiting => !isLate(waiting));
            var count = inTime < 0 ? _waiting.Count : inTime;
            late = [.. _committing.FindAll(isLate), .. _waiting.Take(count)];
            _waiting.RemoveRange(0, count);
        }

        foreach (var waiting in late)
        {
            if (waiting.Refuse(new AuditUnavailableException($"the store did not commit the audit event within {_options.Deadline.TotalSeconds:0.###} s")))
            {
                _failure = "the store is too slow";
            }
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "A group of {Count} audit events could not be committed; their decisions are denied")]
    private partial void LogCommitFailed(int count, Exception exception);

    [LoggerMessage(EventId = 2003, Level = LogLevel.Debug, Message = "An audit event could not be committed by its own request; it is tried again")]
    private partial void LogAloneFailed(Exception exception);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "The store did not finish in time at the stop; {Count} events that nobody was answered for are given up")]
    private partial void LogLeftBehind(int count);
}

/// <summary>Limits of the audit writer.</summary>
/// <param name="QueueLength">Events that may wait; one more is refused.</param>
/// <param name="Deadline">How long a request waits for its commit.</param>
internal sealed record AuditWriterOptions(int QueueLength, TimeSpan Deadline);
