using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Guard.Protocol;

namespace Guard.Gateway.Audit;

/// <summary>One stream of server-sent events: what lies behind a position, then what is added.</summary>
/// <remarks>
/// It remembers a position and nothing else. The signal says only that there is something to read, so no event can be lost
/// between two signals, and a reader that comes back with its last position goes on where it was.
/// </remarks>
internal sealed class AuditStream(AuditReader reader, KeyIndex keys, ChangeFeed changes, TimeProvider clock, PipeWriter output)
{
    private const int PageSize = 100;
    private const int FlushAt = 64 * 1024;

    // With many streams and many commits each stream still reads at most so often; far below what a person notices.
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(20);

    private static readonly byte[] EventStart = "data: "u8.ToArray();
    private static readonly byte[] EventEnd = "\n\n"u8.ToArray();

    private long _readAt = clock.GetTimestamp();

    /// <summary>Returns when the key does not hold any more, the reader has gone or <paramref name="end"/> is set.</summary>
    public async Task RunAsync(KeyEntry key, AuditQuery query, CancellationToken end)
    {
        var position = query.After ?? changes.RecordedTo;
        Write($"retry: 1000\nid: {position}\n\n");
        while (true)
        {
            var known = changes.Generations;
            // As it is now: it may have got an end since.
            key = keys.TryFind(key.Prefix, out var found) ? found : key with { RevokedAt = clock.GetUtcNow() };
            if (Refusal(key) is { } refusal)
            {
                Write($"event: {Wire.StreamEnd}\ndata: {JsonSerializer.Serialize(refusal, GatewayJson.Context.Problem)}\n\n");
                await output.FlushAsync(end);
                return;
            }

            if (await SendAsync(query, position, end) is not { } sentTo)
            {
                return;
            }

            position = sentTo;
            if (!await WaitAsync(key, known, position, end))
            {
                return;
            }
        }
    }

    /// <summary>Sends all there is behind a position.</summary>
    /// <returns>Up to where everything that passes the filter was sent; null: the reader has gone.</returns>
    private async Task<long?> SendAsync(AuditQuery query, long position, CancellationToken end)
    {
        while (true)
        {
            _readAt = clock.GetTimestamp();
            var recordedTo = changes.RecordedTo;
            var page = reader.Page(query with { After = position, Limit = PageSize });
            // Between two events the stream can end whole; a flush under a set token could not.
            if (end.IsCancellationRequested)
            {
                return null;
            }

            foreach (var e in page.Events.Reverse())
            {
                Write(e);
                position = e.Position;
                if (output.UnflushedBytes >= FlushAt && (await output.FlushAsync(end)).IsCompleted)
                {
                    return null;
                }
            }

            if ((await output.FlushAsync(end)).IsCompleted)
            {
                return null;
            }

            // Nothing that passes lies between here and what was recorded before the page was read.
            if (page.Events.Count == 0)
            {
                return Math.Max(position, recordedTo);
            }
        }
    }

    /// <summary>Returns when there may be something to send; false: the stream is over.</summary>
    private async Task<bool> WaitAsync(KeyEntry key, Generations known, long position, CancellationToken end)
    {
        var patience = key.ExpiresAt is { } expires && expires - clock.GetUtcNow() < Wire.StreamHeartbeat ? expires - clock.GetUtcNow() : Wire.StreamHeartbeat;
        using var alarm = new CancellationTokenSource(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(alarm.Token, end);
        await Task.WhenAny(changes.WaitForEventsAsync(position, either.Token), changes.WaitForChangeAsync(known, either.Token));
        var isHeartbeat = alarm.IsCancellationRequested;
        await either.CancelAsync();
        if (end.IsCancellationRequested)
        {
            return false;
        }

        // Also at a heartbeat: another program may have changed a key in a SQLite file, which sends no signal.
        if (isHeartbeat || changes.Generations != known)
        {
            keys.Refresh();
        }

        if (isHeartbeat)
        {
            Write($": nothing new\nid: {position}\n\n");
        }

        var since = clock.GetElapsedTime(_readAt);
        if (since < LeastPause)
        {
            // A stop in this pause ends the stream as whole as any other.
            await Task.WhenAny(Task.Delay(LeastPause - since, clock, end));
        }

        return !end.IsCancellationRequested;
    }

    private Problem? Refusal(KeyEntry key) => key switch
    {
        { RevokedAt: not null } => Ended(401, ProblemCodes.KeyRevoked, $"The API key {key.Prefix} was revoked. Ask for a new one."),
        { ExpiresAt: { } expires } when expires <= clock.GetUtcNow() => Ended(401, ProblemCodes.KeyExpired, $"The API key {key.Prefix} has expired. Ask for a new one."),
        _ when !key.Allows(Scopes.AuditRead) => Ended(403, ProblemCodes.KeyScope, $"The key {key.Prefix} has the scope `{Scopes.AuditRead}` no more."),
        _ => null,
    };

    private static Problem Ended(int status, string code, string detail) => new() { Type = $"urn:guard:problem:{code}", Title = "The stream has ended", Status = status, Detail = detail, Code = code };

    private void Write(AuditEvent e)
    {
        Write(string.Create(CultureInfo.InvariantCulture, $"id: {e.Position}\n"));
        // JSON on one line: a line end within a text is escaped.
        output.Write(EventStart);
        output.Write(JsonSerializer.SerializeToUtf8Bytes(e, GatewayJson.Context.AuditEvent));
        output.Write(EventEnd);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, output);
}
