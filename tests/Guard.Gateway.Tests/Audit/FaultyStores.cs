using System.Diagnostics.CodeAnalysis;
using Guard.Gateway.Audit;

namespace Guard.Gateway.Tests.Audit;

/// <summary>Fails while it is told to, and works otherwise.</summary>
internal sealed class FailingStore(IAuditStore inner) : IAuditStore
{
    public volatile bool Fails;

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records) => Fails ? throw new IOException("disk I/O error") : inner.Append(records);

    public void Dispose() => inner.Dispose();
}

/// <summary>The mistake that the audit writer exists to prevent: what could not be stored is answered as if it were.</summary>
internal sealed class HopefulStore(IAuditStore inner) : IAuditStore
{
    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        try
        {
            return inner.Append(records);
        }
        catch (Exception)
        {
            return [.. records.Select(static _ => AppendResult.Appended)];
        }
    }

    public void Dispose() => inner.Dispose();
}

/// <summary>Hangs from the first group on until it is let go, and counts the groups.</summary>
internal sealed class GatedStore(IAuditStore inner) : IAuditStore
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly List<int> _groups = [];

    /// <summary>Set when the store hangs in a group.</summary>
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<int> Groups => _groups;

    public void Open() => _gate.Set();

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        Entered.TrySetResult();
        _gate.Wait();
        _groups.Add(records.Count);
        return inner.Append(records);
    }

    public void Dispose() => inner.Dispose();
}

/// <summary>Commits and then fails as often as it is told to: what a broken connection leaves of a commit whose answer was lost.</summary>
internal sealed class LostAnswerStore(IAuditStore inner) : IAuditStore
{
    private volatile bool _losesNext;

    public void LoseNext() => _losesNext = true;

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        var results = inner.Append(records);
        if (_losesNext)
        {
            _losesNext = false;
            throw new IOException("the answer was lost");
        }

        return results;
    }

    public void Dispose() => inner.Dispose();
}

/// <summary>The mistake that unique ids and traces prevent: each try makes an event of its own.</summary>
internal sealed class RenamingStore(IAuditStore inner) : IAuditStore
{
    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records) =>
        inner.Append([.. records.Select(static record => AuditRecord.Of(record.Event with { Id = Guid.CreateVersion7(record.Event.Time).ToString(), AgentId = Guid.NewGuid().ToString() }, record.Leaf.RetentionDays))]);

    public void Dispose() => inner.Dispose();
}

/// <summary>The mistake that deadlines prevent: it waits for the store as long as that takes.</summary>
internal sealed class PatientStore(IAuditStore inner) : IAuditStore
{
    private readonly SemaphoreSlim _failures = new(0);

    /// <summary>Returns when so many more tries have failed.</summary>
    public async Task FailedAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _failures.WaitAsync();
        }
    }

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        while (true)
        {
            try
            {
                return inner.Append(records);
            }
            catch (Exception)
            {
                _failures.Release();
            }
        }
    }

    public void Dispose()
    {
        inner.Dispose();
        _failures.Dispose();
    }
}

/// <summary>Commits what is alone when it is let go, and counts what it is asked; may lose the answer of that.</summary>
internal sealed class AloneStore(IAuditStore inner) : IAuditStore
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _groups = [];
    private int _alone;

    public bool LosesAnswers { get; init; }

    /// <summary>Sizes of the groups that a thread waited for.</summary>
    public IReadOnlyList<int> Groups => _groups;

    /// <summary>How many events were committed alone.</summary>
    public int Alone => Volatile.Read(ref _alone);

    public void Open() => _gate.TrySetResult();

    public IReadOnlyList<AppendResult> Append(IReadOnlyList<AuditRecord> records)
    {
        _groups.Add(records.Count);
        return inner.Append(records);
    }

    public bool TryAppendAlone(AuditRecord record, [NotNullWhen(true)] out Task<AppendResult>? append)
    {
        append = AppendAsync(record);
        return true;
    }

    public void Dispose() => inner.Dispose();

    private async Task<AppendResult> AppendAsync(AuditRecord record)
    {
        Interlocked.Increment(ref _alone);
        await _gate.Task;
        var result = inner.Append([record])[0];
        return LosesAnswers ? throw new IOException("the answer was lost") : result;
    }
}
