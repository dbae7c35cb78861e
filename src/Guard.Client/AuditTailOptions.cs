namespace Guard.Client;

/// <summary>Where a tail begins and whom it tells that it was cut off.</summary>
public sealed record AuditTailOptions
{
    /// <summary>Begin behind this position. Absent: with the first event recorded after the stream is open.</summary>
    public long? After { get; init; }

    /// <summary>Called when the stream is open, the first time and each time after it was cut off.</summary>
    public Action? Opened { get; init; }

    /// <summary>Called with each failed attempt; the next one follows by itself.</summary>
    public Action<GatewayException>? CutOff { get; init; }

    /// <summary>Pause before the second attempt to connect again; it doubles up to <see cref="LongestPause"/>.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
