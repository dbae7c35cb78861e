namespace Guard.Gateway.Hosting;

/// <summary>
/// Where administration and lists run. They read and write the store on the thread that they run on, and changes wait for
/// each other; without a limit, enough of them at once would hold every thread of the process, decisions would wait for new
/// ones, and the watch over the database would take its own lateness for an outage.
/// </summary>
internal sealed class AdministrationThreads
{
    private const int MaxAtOnce = 8;

    // For decisions, which block only while they look up a session or load changed policies, and for what the gateway does by itself.
    private const int Others = 16;

    private readonly TaskScheduler _scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MaxAtOnce).ConcurrentScheduler;

    public AdministrationThreads()
    {
        // The pool starts with a thread for each core and adds further ones slowly (one or two in a second).
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, MaxAtOnce + Others + Environment.ProcessorCount), completions);
    }

    /// <summary>Begins at once, or when one of those that run ends or waits without a thread.</summary>
    public Task RunAsync(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();
}
