namespace Guard.Gateway.Tests;

/// <summary>A clock whose time of day a test sets; its timers run as ever.</summary>
internal sealed class SetClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
