using System.Globalization;
using Guard.Cli.Terminal;
using Guard.Client;

namespace Guard.Cli.Audit;

/// <summary>One export: reads page by page and writes as it reads, so its memory does not grow with the record.</summary>
internal sealed class Export(GatewayClient client, CliContext context, AuditFilter filter, IExportFormat format)
{
    // Standard output is flushed with every write.
    private const int WriteSize = 64 * 1024;
    private const int ProgressInterval = 500;

    /// <summary>Returns the number of events written.</summary>
    public async Task<long> RunAsync(TextWriter output, bool withProgress, CancellationToken cancel)
    {
        var count = 0L;
        using var pending = new StringWriter(CultureInfo.InvariantCulture);
        try
        {
            format.Begin(pending);
            await foreach (var e in client.QueryAuditAsync(filter, AuditOrder.OldestFirst, cancel))
            {
                format.Write(pending, e, first: count == 0);
                count++;
                if (pending.GetStringBuilder().Length >= WriteSize) await FlushAsync(pending, output, cancel);
                if (withProgress && count % ProgressInterval == 0)
                    context.Error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{count} events, up to {e.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
            }

            format.End(pending);
            await FlushAsync(pending, output, cancel);
        }
        finally
        {
            // What follows on the terminal begins on a line of its own.
            if (withProgress && count >= ProgressInterval) context.Error.WriteLine();
        }

        return count;
    }

    private static async Task FlushAsync(StringWriter pending, TextWriter output, CancellationToken cancel)
    {
        var text = pending.GetStringBuilder();
        await output.WriteAsync(text, cancel);
        text.Clear();
    }
}
