using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Audit.Spool;

/// <summary>
/// Takes events into the gateway's spool while the store does not take them in time, and hands them over when it does again.
/// </summary>
/// <remarks>
/// INVARIANT (exactly once): what was answered is on the disk, in the store or in the spool; ids are unique in the store, so
/// what a broken commit or a crash leaves in both is stored once.
/// INVARIANT (one order): while anything is in the spool, new events go behind it.
/// What cannot hold meanwhile: that policies and keys were not changed by another gateway since this one last heard of the
/// store. Such events say so (<see cref="AuditEvent.Degraded"/>).
/// </remarks>
internal sealed partial class SpoolingAuditStore : IAuditStore
{
    private const int LargestGroup = 2_048;
    private const int SmallestGroup = 16;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(250);

    private readonly IAuditStore _store;
    private readonly GatewaySpool _spool;
    private readonly AuditDegradation _degradation;
    private readonly Func<string?> _probe;
    private readonly SpoolLimits _limits;
    private readonly ILogger<SpoolingAuditStore> _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private readonly StoreThread _thread = new();

    // Protects the store, the spool and the fields below: the writer appends, the loop hands over.
    private readonly Lock _lock = new();

    // What only one event may be, as the store would hold against it; only of events in the spool.
    private readonly HashSet<(string Kind, string? Agent, string Trace)> _claims = [];

    // How much the store took at once lately: a busy one is given less.
    private int _group = LargestGroup;

    // The append that took too long; the store is not touched before it has ended.
    private Task? _late;

    public SpoolingAuditStore(IAuditStore store, GatewaySpool spool, AuditDegradation degradation, Func<string?> probe, SpoolLimits limits, ILogger<SpoolingAuditStore> logger)
    {
        _store = store;
        _spool = spool;
        _degradation = degradation;
        _probe = probe;
        _limits = limits;
        _logger = logger;
        try
        {
            HandOverAll();
        }
        catch
        {
            _thread.Dispose();
            throw;
        }

        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        lock (_lock)
        {
            if (_degradation.Reason is null)
            {
                try
                {
                    return AppendInTime_NeedsLock(records);
                }
                catch (Exception exception)
                {
                    _degradation.Begin(exception.Message);
                    LogDegraded(exception.Message, _degradation.Limit.TotalSeconds);
                }
            }

            return Spool_NeedsLock(records);
        }
    }

    /// <summary>What is in the spool stays there for the next start.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _loop.Wait();
        _stop.Dispose();
        _thread.Dispose();
        _spool.Dispose();
        if (_late is null or { IsCompleted: true })
        {
            _store.Dispose();
        }
    }

    private AppendResult[] Spool_NeedsLock(IReadOnlyList<AuditRecord> records)
    {
        if (!_degradation.MayRecord)
        {
            throw new AuditUnavailableException($"the store has taken no event for {_degradation.Limit.TotalSeconds:0} s ({_degradation.Reason}), and the spool may not be used longer");
        }

        var results = new AppendResult[records.Count];
        var kept = new List<AuditRecord>(records.Count);
        var claimed = new List<(string, string?, string)>();
        for (var i = 0; i < records.Count; i++)
        {
            if (ClaimOf(records[i].Event) is { } claim)
            {
                if (!_claims.Add(claim))
                {
                    results[i] = AppendResult.Duplicate;
                    continue;
                }

                claimed.Add(claim);
            }

            kept.Add(AuditRecord.HandedOver(records[i].Event with { Degraded = true }, records[i].Leaf.RetentionDays, records[i].Pin));
        }

        try
        {
            _spool.Append(kept);
            _degradation.Count(kept.Count);
            return results;
        }
        catch (IOException exception)
        {
            _claims.ExceptWith(claimed);
            throw new AuditUnavailableException($"the store does not take events ({_degradation.Reason}), and {exception.Message}", exception);
        }
    }

    private void Run()
    {
        while (!_stop.Token.WaitHandle.WaitOne(LookAgain))
        {
            // The probe is outside the lock: a store that hangs must not hold up what goes to the spool.
            if (_degradation.Reason is null || _late is { IsCompleted: false } || _probe() is not null)
            {
                continue;
            }

            try
            {
                while (!_stop.IsCancellationRequested && HandOverGroupOf())
                {
                }
            }
            catch (Exception exception)
            {
                LogNotHandedOver(exception);
            }
        }
    }

    // At the start: before anything is answered, the store has what was answered before.
    private void HandOverAll()
    {
        while (HandOverGroupOf())
        {
        }
    }

    // False: there is nothing more.
    private bool HandOverGroupOf()
    {
        lock (_lock)
        {
            var records = _spool.Peek(_group, out var upTo);
            if (records.Count > 0)
            {
                try
                {
                    HandOver_NeedsLock(records);
                }
                catch (TimeoutException)
                {
                    _group = Math.Max(_group / 4, SmallestGroup);
                    throw;
                }

                _group = Math.Min(_group * 2, LargestGroup);
                _spool.Settle(upTo);
                _degradation.Progress();
            }

            if (_spool.Bytes > 0)
            {
                return true;
            }

            End_NeedsLock();
            return false;
        }
    }

    private void HandOver_NeedsLock(IReadOnlyList<AuditRecord> records)
    {
        var results = AppendInTime_NeedsLock(records);
        for (var i = 0; i < records.Count; i++)
        {
            switch (results[i])
            {
                case AppendResult.Appended:
                    break;
                case AppendResult.Unstorable:
                    SetAside(records[i], "the store refuses what is in it");
                    break;
                default:
                    // It was answered, so it is recorded: what is double about it is said instead of claimed.
                    var unclaimed = Unclaimed(records[i]);
                    LogUnclaimed(records[i].Event.Id, records[i].Event.TraceId);
                    if (AppendInTime_NeedsLock([unclaimed])[0] != AppendResult.Appended)
                    {
                        SetAside(unclaimed, "the store takes it neither with its trace nor without");
                    }

                    break;
            }
        }
    }

    private void SetAside(AuditRecord record, string reason)
    {
        _spool.SetAside(record);
        LogSetAside(record.Event.Id, reason);
    }

    private static AuditRecord Unclaimed(AuditRecord record)
    {
        var auditEvent = record.Event;
        return AuditRecord.HandedOver(
            auditEvent.Kind == AuditKinds.Outcome
                ? auditEvent with { Kind = AuditKinds.OutcomeRefused, Reason = "the trace has its outcome already" }
                : auditEvent with { TraceId = null, Errors = [.. auditEvent.Errors ?? [], $"the trace {auditEvent.TraceId} or the workspace of the session was used otherwise on another gateway; recorded without the trace"] },
            record.Leaf.RetentionDays,
            pin: null);
    }

    private static (string Kind, string? Agent, string Trace)? ClaimOf(AuditEvent auditEvent) =>
        auditEvent is { Kind: AuditKinds.Decision or AuditKinds.Outcome, TraceId: { } trace } ? (auditEvent.Kind, auditEvent.AgentId, trace) : null;

    private void End_NeedsLock()
    {
        if (_degradation.Reason is null)
        {
            return;
        }

        _claims.Clear();
        _degradation.End();
        LogRecovered(_degradation.Spooled);
    }

    // A store that hangs keeps its thread; everything else goes on without it.
    private IReadOnlyList<AppendResult> AppendInTime_NeedsLock(IReadOnlyList<AuditRecord> records)
    {
        if (_late is { IsCompleted: false })
        {
            throw new TimeoutException("an earlier group still waits for the store");
        }

        IReadOnlyList<AuditRecord> group = [.. records];
        var append = _thread.Run(() => _store.Append(group));
        _late = append;
        if (!Task.WhenAny(append).Wait(_limits.StoreDeadline))
        {
            _ = append.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw new TimeoutException($"the store did not commit within {_limits.StoreDeadline.TotalSeconds:0.###} s");
        }

        return append.GetAwaiter().GetResult();
    }

    [LoggerMessage(EventId = 2101, Level = LogLevel.Error, Message = "The store does not take audit events ({Reason}); they go to the spool, for at most {Seconds} s")]
    private partial void LogDegraded(string reason, double seconds);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "The store has everything from the spool and takes audit events again; {Count} events went to the spool since the start")]
    private partial void LogRecovered(long count);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Error, Message = "The spool could not be handed over yet; it is tried again")]
    private partial void LogNotHandedOver(Exception exception);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Error, Message = "Event {Id} was answered from the spool, and its trace {Trace} or its session's workspace was used otherwise on another gateway; it is recorded without the trace")]
    private partial void LogUnclaimed(string id, string? trace);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Critical, Message = "Event {Id} cannot be handed over and was set aside beside the spool: {Reason}")]
    private partial void LogSetAside(string id, string reason);
}

/// <summary>Limits of the gateway's spool.</summary>
/// <param name="StoreDeadline">How long the store may take for a group before the spool takes it; below the deadline of a decision.</param>
internal sealed record SpoolLimits(TimeSpan StoreDeadline);
