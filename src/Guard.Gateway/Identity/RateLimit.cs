namespace Guard.Gateway.Identity;

/// <summary>A steady rate with a burst on top.</summary>
/// <param name="PerSecond">Requests per second in the long run.</param>
/// <param name="Burst">Requests at once after a pause.</param>
public sealed record RateLimit(double PerSecond, double Burst);
