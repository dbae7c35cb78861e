using Guard.Benchmarks;
using Guard.Benchmarks.Policy;
using Guard.Benchmarks.Shell;
using Guard.Benchmarks.Throughput;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;

switch (args)
{
    case ["shell-lines", var path]:
        return ShellBench.WriteLines(path);
    case ["shell", var path]:
        return ShellBench.Run(path);
    case ["policy-sets", var path]:
        return PolicyBench.WriteSets(path);
    case ["policy", var path]:
        return PolicyBench.Run(path);
    case ["serve", var place, var rules, var database]:
        return await ThroughputBench.ServeAsync(place, rules, database);
    case ["request", var key]:
        return LoadRequest.Write(key);
    case ["serve-inserts", var socket, var database, var sql]:
        return await InsertingServer.ServeAsync(socket, database, sql);
    case ["sqlite-rows", var database, var seconds]:
        return SqliteRows.Run(database, double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
}

// The other side of eng/bench-latency.sh: a gateway that answers at once, on a Unix socket and over TLS, and the real one
// with its store, on a Unix socket. Argument: the folder for sockets, certificate and data. It writes one line when all
// listen (the TLS port and the real gateway's agent key), and runs until its standard input ends.
if (args is not [var folder, var policies])
{
    Console.Error.WriteLine("usage: Guard.Benchmarks FOLDER POLICIES | shell-lines FILE | shell FILE | policy-sets FILE | policy FILE | serve ... | request KEY | serve-inserts ... | sqlite-rows ...");
    return 2;
}

await using var instant = InstantGateway.Start(folder);
await using var gateway = await GatewayHost.StartAsync(
    new GatewayOptions
    {
        DataDirectory = Path.Combine(folder, "data"),
        PolicyFolders = [policies],
        UnixSocketPath = Path.Combine(folder, "gateway.sock"),
        Http = null,
        Limits = new LimitOptions { PerKey = new RateLimit(1_000_000, 1_000_000) },
    },
    CancellationToken.None);
Console.WriteLine($"{instant.TlsPort} {gateway.FirstStart!.AgentKey}");
await Console.In.ReadToEndAsync();
return 0;
