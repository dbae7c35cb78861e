namespace Guard.Gateway.Hosting;

/// <summary>How months whose retention has ended are looked for.</summary>
public sealed record RetentionOptions
{
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Between the parts of what is deleted one by one: whoever records goes first.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(200);
}
