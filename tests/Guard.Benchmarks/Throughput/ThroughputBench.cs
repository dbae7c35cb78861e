using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;

namespace Guard.Benchmarks.Throughput;

/// <summary>The parts of <c>eng/bench-throughput.sh</c>, each a process of its own.</summary>
internal static class ThroughputBench
{
    /// <summary>The real gateway without limits per key; writes its agent key when it listens.</summary>
    /// <param name="folder">For data and socket.</param>
    /// <param name="policies">In force.</param>
    /// <param name="database">PostgreSQL; <c>-</c>: SQLite.</param>
    public static async Task<int> ServeAsync(string folder, string policies, string database)
    {
        await using var gateway = await GatewayHost.StartAsync(
            new GatewayOptions
            {
                DataDirectory = Path.Combine(folder, "data"),
                Postgres = database == "-" ? null : new PostgresOptions { Connection = database },
                PolicyFolders = [policies],
                UnixSocketPath = Path.Combine(folder, "gateway.sock"),
                Http = null,
                Limits = new LimitOptions { PerKey = new RateLimit(1_000_000, 1_000_000) },
            },
            CancellationToken.None);
        Console.WriteLine(gateway.FirstStart!.AgentKey);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
