namespace Guard.Gateway.Hosting;

/// <summary>How long a stop waits for what is under way.</summary>
internal static class StopPatience
{
    // Of each part. All of them together stay well below the 90 s after which systemd kills.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the end of work that was told to stop.</summary>
    /// <remarks>
    /// INVARIANT (nobody who stops a gateway waits for a store that hangs): what blocks on it is left behind and ends with the process.
    /// </remarks>
    /// <returns>False: it is left behind, and what it uses must not be disposed.</returns>
    public static async Task<bool> EndsInTimeAsync(this Task work)
    {
        try
        {
            await work.WaitAsync(Limit);
            return true;
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            return false;
        }
    }
}
