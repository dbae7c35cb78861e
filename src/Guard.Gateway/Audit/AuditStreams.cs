using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.Storage;
using Microsoft.AspNetCore.Http;

namespace Guard.Gateway.Audit;

/// <summary>The streams of new events that are open at this gateway.</summary>
/// <param name="reader">Streams read the record like everybody else, so a slow one holds no events in memory.</param>
/// <param name="keys">A stream ends with its key.</param>
/// <param name="changes">Wakes the streams.</param>
/// <param name="limits">How many there may be.</param>
/// <param name="clock">For heartbeats and keys that expire.</param>
/// <param name="stopping">Ends all streams.</param>
internal sealed class AuditStreams(AuditReader reader, KeyIndex keys, ChangeFeed changes, LimitOptions limits, TimeProvider clock, CancellationToken stopping)
{
    public const string ContentType = "text/event-stream";

    // Protects _open and _perKey: requests come and go.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _perKey = new(StringComparer.Ordinal);
    private int _open;

    /// <summary>Streams until the caller goes, the key ends or the gateway stops.</summary>
    /// <exception cref="RefusedException">429: too many streams.</exception>
    public async Task RunAsync(HttpContext context, AuditQuery query)
    {
        var key = Caller.Required(context);
        Enter(key);
        try
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            context.Response.ContentType = ContentType;
            context.Response.Headers.CacheControl = "no-store";
            await new AuditStream(reader, keys, changes, clock, context.Response.BodyWriter).RunAsync(key, query, end.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // In the middle of an event, to a reader that does not read: it must not look whole.
            context.Abort();
        }
        finally
        {
            Leave(key);
        }
    }

    private void Enter(KeyEntry key)
    {
        lock (_lock)
        {
            var own = _perKey.GetValueOrDefault(key.Prefix);
            if (own >= limits.StreamsPerKey)
            {
                throw TooMany($"The key {key.Prefix} has {own} streams open, which is the most of one key.");
            }

            if (_open >= limits.Streams)
            {
                throw TooMany($"{_open} streams are open, which is the most of this gateway.");
            }

            _perKey[key.Prefix] = own + 1;
            _open++;
        }
    }

    private void Leave(KeyEntry key)
    {
        lock (_lock)
        {
            _open--;
            if (--_perKey[key.Prefix] == 0)
            {
                _perKey.Remove(key.Prefix);
            }
        }
    }

    private static RefusedException TooMany(string detail) => new(StatusCodes.Status429TooManyRequests, ProblemCodes.TooManyStreams, $"{detail} Close one first.");
}
