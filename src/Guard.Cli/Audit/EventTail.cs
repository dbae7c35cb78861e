using Guard.Cli.Terminal;
using Guard.Client;
using Guard.Protocol;

namespace Guard.Cli.Audit;

/// <summary>Shows the latest events and then each new one, as they are recorded, across restarts of the gateway.</summary>
internal sealed class EventTail(GatewayClient client, CliContext context, AuditFilter filter)
{
    /// <summary>Shows the latest events and, when following, every later one until cancelled.</summary>
    public async Task RunAsync(int count, bool follow, Action<IReadOnlyList<AuditEvent>, bool> show, CancellationToken cancel)
    {
        var latest = await AuditCommand.LatestAsync(client, filter, count, cancel);
        show(latest, true);
        if (!follow) return;

        var lost = false;
        var options = new AuditTailOptions
        {
            // Behind the last one shown; where nothing was, whatever comes is new.
            After = latest.Count == 0 ? 0 : latest[^1].Position,
            Clock = context.Time,
            CutOff = e =>
            {
                if (!lost) context.Warn(e.Message + "; still trying");
                lost = true;
            },
            Opened = () =>
            {
                if (lost) context.Warn("the gateway answers again; nothing is left out");
                lost = false;
            },
        };
        try
        {
            await foreach (var e in client.TailAuditAsync(filter, options, cancel)) show([e], false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
        }
    }
}
