using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>
/// Follows the record by position: each request asks for what lies behind the last event shown, so nothing is shown twice
/// and nothing is left out, also across a restart of the gateway.
/// </summary>
internal sealed class EventTail(GatewayClient client, CliContext context, AuditFilter filter)
{
    private const int PageSize = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Shows the latest events and, when following, every later one until cancelled.</summary>
    public async Task RunAsync(int count, bool follow, Action<IReadOnlyList<AuditEvent>, bool> show, CancellationToken cancel)
    {
        var latest = await AuditCommand.LatestAsync(client, filter, count, cancel);
        show(latest, true);
        if (!follow) return;

        var position = latest.Count == 0 ? 0 : latest[^1].Position;
        var lost = false;
        try
        {
            while (true)
            {
                AuditPage page;
                try
                {
                    page = await client.GetEventsAsync(filter with { After = position, Limit = PageSize }, cancel);
                }
                catch (GatewayUnreachableException e)
                {
                    if (!lost) context.Warn(e.Message + "; still trying");
                    lost = true;
                    await Task.Delay(Pause, context.Time, cancel);
                    continue;
                }

                lost = false;
                var news = page.Events.Where(e => e.Position > position).OrderBy(e => e.Position).ToList();
                show(news, false);
                if (news.Count > 0) position = news[^1].Position;
                if (news.Count < PageSize) await Task.Delay(Pause, context.Time, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
        }
    }
}
