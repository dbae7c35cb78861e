namespace Guard.Gateway.Storage;

/// <summary>
/// Signals inside this gateway about what has changed in the store: by this gateway, and where several share a store, by any.
/// </summary>
/// <remarks>
/// Thread-safe. Fed by whoever commits and by the store's listener. A signal says only "look again": who waits reads the
/// store, so that a signal that comes twice or late does no harm.
/// </remarks>
internal sealed class ChangeFeed
{
    // Protects all fields below; nothing waits while it holds it.
    private readonly Lock _lock = new();
    private Generations _generations = new();
    private long _recordedTo;
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _recorded = NewSignal();

    /// <summary>The newest generations this gateway has heard of.</summary>
    public Generations Generations
    {
        get
        {
            lock (_lock)
            {
                return _generations;
            }
        }
    }

    /// <summary>
    /// The highest position this gateway has heard of. Positions are given in the order of commits, so every event at or
    /// below it can be read.
    /// </summary>
    public long RecordedTo
    {
        get
        {
            lock (_lock)
            {
                return _recordedTo;
            }
        }
    }

    /// <summary>Someone changed policies or keys.</summary>
    public void Publish(Generations now)
    {
        TaskCompletionSource? signal = null;
        lock (_lock)
        {
            if (now.Policies > _generations.Policies || now.Keys > _generations.Keys)
            {
                _generations = new Generations { Policies = Math.Max(now.Policies, _generations.Policies), Keys = Math.Max(now.Keys, _generations.Keys) };
                signal = Renew_NeedsLock(ref _changed);
            }
        }

        signal?.TrySetResult();
    }

    /// <summary>Events up to <paramref name="position"/> are in the record.</summary>
    public void PublishRecorded(long position)
    {
        TaskCompletionSource? signal = null;
        lock (_lock)
        {
            if (position > _recordedTo)
            {
                _recordedTo = position;
                signal = Renew_NeedsLock(ref _recorded);
            }
        }

        signal?.TrySetResult();
    }

    /// <summary>Returns when policies or keys have another generation than <paramref name="known"/>.</summary>
    public Task WaitForChangeAsync(Generations known, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _generations == known ? _changed.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }

    /// <summary>
    /// Returns when there are events behind <paramref name="position"/>. It hears of every event that a gateway records;
    /// who must also see what other programs write into a SQLite file sets a limit to its wait and looks again.
    /// </summary>
    public Task WaitForEventsAsync(long position, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return _recordedTo <= position ? _recorded.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        }
    }

    private static TaskCompletionSource Renew_NeedsLock(ref TaskCompletionSource signal)
    {
        var old = signal;
        signal = NewSignal();
        return old;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
