namespace Guard.Gateway.Audit.Spool;

/// <summary>Whether events go to the gateway's spool instead of the store, and how long they still may.</summary>
/// <remarks>Thread-safe. Written by the spooling store, read by requests, health checks and metrics.</remarks>
internal sealed class AuditDegradation(TimeSpan limit, TimeProvider clock)
{
    private volatile State? _state;
    private long _spooled;

    /// <summary>How long events may go to the spool before everything is denied.</summary>
    public TimeSpan Limit => limit;

    /// <summary>Null: the store takes the events.</summary>
    public string? Reason => _state?.Reason;

    public DateTimeOffset? Since => _state?.Since;

    /// <summary>Events that went to the spool, ever.</summary>
    public long Spooled => Interlocked.Read(ref _spooled);

    /// <summary>Whether an event could be recorded now, as far as time goes.</summary>
    public bool MayRecord => _state is not { } state || clock.GetElapsedTime(state.Started) < limit;

    /// <summary>Whether decisions may go on while the store cannot be reached since <paramref name="outage"/>.</summary>
    public bool Covers(DateTimeOffset outage) => limit > TimeSpan.Zero && MayRecord && clock.GetUtcNow() - outage < limit;

    /// <summary>The store does not take events. The time that is left runs from the first such moment on.</summary>
    public void Begin(string reason) => _state ??= new State(reason, clock.GetUtcNow(), clock.GetTimestamp());

    /// <summary>The store takes events again and does not have all yet: the time that is left runs anew.</summary>
    public void Progress()
    {
        if (_state is { } state)
        {
            _state = state with { Started = clock.GetTimestamp() };
        }
    }

    /// <summary>The store has everything.</summary>
    public void End() => _state = null;

    public void Count(int events) => Interlocked.Add(ref _spooled, events);

    private sealed record State(string Reason, DateTimeOffset Since, long Started);
}
