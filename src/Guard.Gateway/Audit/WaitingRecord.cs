namespace Guard.Gateway.Audit;

/// <summary>A record and the request that waits for it.</summary>
/// <param name="record">To be stored.</param>
/// <param name="since">When it came, as the clock's timestamp.</param>
/// <param name="answersAtOnce">What follows an appended event may be done by whoever says that it is.</param>
internal sealed class WaitingRecord(AuditRecord record, long since, bool answersAtOnce)
{
    // What may block or is long must not run in the writer's thread.
    private readonly TaskCompletionSource<AppendResult> _done = new(answersAtOnce ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    public AuditRecord Record => record;

    public long Since => since;

    public bool AnswersAtOnce => answersAtOnce;

    public Task<AppendResult> Result => _done.Task;

    /// <summary>Runs what waits for it, if that answers at once.</summary>
    public void Tell(AppendResult result) => _done.TrySetResult(result);

    /// <summary>False: it has its result already.</summary>
    public bool Refuse(AuditUnavailableException reason)
    {
        if (!answersAtOnce)
        {
            return _done.TrySetException(reason);
        }

        if (_done.Task.IsCompleted)
        {
            return false;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Done.TrySetException(state.Reason), (Done: _done, Reason: reason), preferLocal: false);
        return true;
    }
}
