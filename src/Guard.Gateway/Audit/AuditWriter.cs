using System.Threading.Channels;
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
/// </remarks>
internal sealed partial class AuditWriter : IAsyncDisposable
{
    private const int MaxGroup = 512;

    private readonly IAuditStore _store;
    private readonly AuditWriterOptions _options;
    private readonly GatewayMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger<AuditWriter> _logger;
    private readonly Channel<Waiting> _queue;
    private readonly Task _loop;

    // Written by the writer's thread and by requests that gave up, read by health checks. Null: the last group was committed.
    private volatile string? _failure;

    public AuditWriter(IAuditStore store, AuditWriterOptions options, GatewayMetrics metrics, TimeProvider clock, ILogger<AuditWriter> logger)
    {
        _store = store;
        _options = options;
        _metrics = metrics;
        _clock = clock;
        _logger = logger;
        _queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(options.QueueLength) { SingleReader = true });
        metrics.ObserveQueue(() => Queued, options.QueueLength);
        // A thread of its own: the store blocks on the disk, and a pool thread that blocks delays every request.
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Events that wait for their commit.</summary>
    public int Queued => _queue.Reader.Count;

    public int QueueLength => _options.QueueLength;

    /// <summary>Why an event could not be committed, or not in time; null: the last group was.</summary>
    public string? Failure => _failure;

    /// <summary>Returns when the record is durable, or known to be a duplicate.</summary>
    /// <exception cref="AuditUnavailableException">The queue is full, the store failed, or it was too slow. The caller must deny.</exception>
    public async Task<AppendResult> AppendAsync(AuditRecord record)
    {
        var waiting = new Waiting(record);
        if (!_queue.Writer.TryWrite(waiting))
        {
            throw new AuditUnavailableException($"the audit queue is full ({_options.QueueLength} events wait) or the gateway is stopping");
        }

        try
        {
            return await waiting.Done.Task.WaitAsync(_options.Deadline, _clock);
        }
        catch (TimeoutException exception)
        {
            waiting.Abandon();
            _failure = "the store is too slow";
            throw new AuditUnavailableException($"the store did not commit the audit event within {_options.Deadline.TotalSeconds:0.###} s", exception);
        }
    }

    /// <summary>Takes no more events, commits those that wait, and closes the store. A store that hangs is left behind after the deadline.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        try
        {
            await _loop.WaitAsync(_options.Deadline, _clock);
            _store.Dispose();
        }
        catch (TimeoutException)
        {
            LogLeftBehind(_queue.Reader.Count);
        }
    }

    private void Run()
    {
        var group = new List<Waiting>(MaxGroup);
        var records = new List<AuditRecord>(MaxGroup);
        // Blocking is right here: this thread is the writer's own and has nothing else to do.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (group.Count < MaxGroup && _queue.Reader.TryRead(out var waiting))
            {
                if (waiting.TryTake())
                {
                    group.Add(waiting);
                    records.Add(waiting.Record);
                }
            }

            if (group.Count > 0)
            {
                Commit(group, records);
            }

            group.Clear();
            records.Clear();
        }
    }

    // INVARIANT (no one waits for ever): every member of the group gets a result or an exception here, whatever the store does.
    private void Commit(List<Waiting> group, List<AuditRecord> records)
    {
        var began = _clock.GetTimestamp();
        try
        {
            var results = _store.Append(records);
            _metrics.Committed(records.Count, _clock.GetElapsedTime(began));
            for (var i = 0; i < group.Count; i++)
            {
                if (results[i] == AppendResult.Unstorable)
                {
                    group[i].Done.TrySetException(new AuditUnavailableException("the store refuses what the event holds"));
                }
                else
                {
                    group[i].Done.TrySetResult(results[i]);
                }
            }

            _failure = null;
        }
        catch (Exception exception)
        {
            _failure = exception.Message;
            LogCommitFailed(group.Count, exception);
            _metrics.NotRecorded(group.Count);
            foreach (var waiting in group)
            {
                waiting.Done.TrySetException(new AuditUnavailableException($"the store failed: {exception.Message}", exception));
            }
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "A group of {Count} audit events could not be committed; their decisions are denied")]
    private partial void LogCommitFailed(int count, Exception exception);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "The store did not finish in time at the stop; {Count} events that nobody was answered for are given up")]
    private partial void LogLeftBehind(int count);

    /// <summary>A record and the request that waits for it.</summary>
    private sealed class Waiting(AuditRecord record)
    {
        private int _state;

        public AuditRecord Record { get; } = record;

        // Asynchronous continuations: the writer's thread must not run the rest of a request.
        public TaskCompletionSource<AppendResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The writer takes it; false: the request gave up before, so nothing may be written for it.</summary>
        public bool TryTake() => Interlocked.CompareExchange(ref _state, 1, 0) == 0;

        /// <summary>The request gives up. If the writer has it already, the event may still be stored; the answer is a denial all the same.</summary>
        public void Abandon()
        {
            Interlocked.CompareExchange(ref _state, 2, 0);
            // Nobody observes a later failure.
            _ = Done.Task.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}

/// <summary>Limits of the audit writer.</summary>
/// <param name="QueueLength">Events that may wait; one more is refused.</param>
/// <param name="Deadline">How long a request waits for its commit.</param>
internal sealed record AuditWriterOptions(int QueueLength, TimeSpan Deadline);
