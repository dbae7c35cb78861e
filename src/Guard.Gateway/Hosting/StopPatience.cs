using Microsoft.Extensions.Logging;

namespace Guard.Gateway.Hosting;

/// <summary>How long a stop waits for what is under way.</summary>
internal static partial class StopPatience
{
    // Of each part. All of them together stay well below the 90 s after which systemd kills.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the end of work that was told to stop.</summary>
    /// <remarks>
    /// INVARIANT (nobody who stops a gateway waits for a store that hangs): what blocks on it is left behind and ends with the process.
    /// </remarks>
    /// <param name="work">That was told.</param>
    /// <param name="part">What it does, for the log: whoever reads it must see what may not have been done.</param>
    /// <param name="logger">Hears of work that is left behind.</param>
    /// <returns>False: it is left behind, and what it uses must not be disposed.</returns>
    public static async Task<bool> EndsInTimeAsync(this Task work, string part, ILogger logger)
    {
        try
        {
            await work.WaitAsync(Limit);
            return true;
        }
        catch (TimeoutException) when (!work.IsCompleted)
        {
            LogLeftBehind(logger, part, Limit.TotalSeconds);
            return false;
        }
    }

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "{Part} did not end within {Seconds} s of the stop and is left behind")]
    private static partial void LogLeftBehind(ILogger logger, string part, double seconds);
}
