namespace Guard.Gateway.Tests;

/// <summary>Waits for a state by asking for it again and again; the limit only ends a test that has failed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task BecomesAsync<T>(Func<Task<T>> ask, T expected)
    {
        using var limit = new CancellationTokenSource(Limit);
        T last;
        do
        {
            last = await ask();
            if (EqualityComparer<T>.Default.Equals(last, expected))
            {
                return;
            }

            await Task.Yield();
        }
        while (!limit.IsCancellationRequested);

        last.Should().Be(expected);
    }
}
