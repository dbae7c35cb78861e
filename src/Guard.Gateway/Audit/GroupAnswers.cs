namespace Guard.Gateway.Audit;

/// <summary>
/// Tells the requests of a group what became of their events. Those that answer at once share a few turns of the pool: to
/// wake a thread for each of them costs more than the answers do. One that is alone is answered by whoever has the result.
/// </summary>
/// <param name="appended">A part of a group.</param>
internal sealed class GroupAnswers(IReadOnlyList<WaitingRecord> appended) : IThreadPoolWorkItem
{
    // Fewer are not worth another thread.
    private const int LeastOfATurn = 8;

    public static void Give(List<WaitingRecord> group, IReadOnlyList<AppendResult> results)
    {
        if (group.Count == 1 && group[0].AnswersAtOnce && results[0] == AppendResult.Appended)
        {
            // The usual case of a gateway with little to do: the writer has nothing else to do, and a thread of the pool would have
            // to be woken first.
            group[0].Tell(AppendResult.Appended);
            return;
        }

        var appended = new List<WaitingRecord>(group.Count);
        for (var i = 0; i < group.Count; i++)
        {
            if (results[i] == AppendResult.Unstorable)
            {
                group[i].Refuse(new AuditUnavailableException("the store refuses what the event holds"));
            }
            else if (!group[i].AnswersAtOnce)
            {
                group[i].Tell(results[i]);
            }
            else if (results[i] == AppendResult.Appended)
            {
                appended.Add(group[i]);
            }
            else
            {
                // To look again can block.
                var (waiting, result) = (group[i], results[i]);
                ThreadPool.UnsafeQueueUserWorkItem(_ => waiting.Tell(result), null);
            }
        }

        var turn = Math.Max(LeastOfATurn, (appended.Count + Environment.ProcessorCount - 1) / Environment.ProcessorCount);
        for (var from = 0; from < appended.Count; from += turn)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new GroupAnswers(appended.GetRange(from, Math.Min(turn, appended.Count - from))), preferLocal: false);
        }
    }

    public void Execute()
    {
        foreach (var waiting in appended)
        {
            waiting.Tell(AppendResult.Appended);
        }
    }
}
