using System.Collections.Concurrent;

namespace Guard.Gateway.Identity;

/// <summary>A share of the gateway for every key, and one small share for everybody whose key does not hold.</summary>
internal sealed class RateLimiter(RateLimit perKey, RateLimit failures, TimeProvider clock)
{
    // Holds keys that authenticated, so it cannot grow beyond the keys of the store.
    private readonly ConcurrentDictionary<string, TokenBucket> _keys = new(StringComparer.Ordinal);
    private readonly TokenBucket _failures = new(failures, clock);

    public bool TryTake(KeyEntry key) => _keys.GetOrAdd(key.Prefix, static (_, state) => new TokenBucket(state.perKey, state.clock), (perKey, clock)).TryTake();

    /// <summary>One failed authentication; false: there were too many of late, whoever sent them.</summary>
    public bool TryTakeFailure() => _failures.TryTake();
}
