namespace Guard.Gateway.Identity;

/// <summary>Lets a burst through and then a steady rate.</summary>
internal sealed class TokenBucket(RateLimit limit, TimeProvider clock)
{
    // Protects the two fields below.
    private readonly Lock _lock = new();
    private double _tokens = limit.Burst;
    private long _filledAt = clock.GetTimestamp();

    public bool TryTake()
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _tokens = Math.Min(limit.Burst, _tokens + (clock.GetElapsedTime(_filledAt, now).TotalSeconds * limit.PerSecond));
            _filledAt = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
