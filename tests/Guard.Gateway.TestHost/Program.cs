using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.TestHost;

// A gateway as a process of its own, for tests that kill it. Arguments: data directory, policy folder, Unix socket, `honest`
// or `early`, and, instead of the file, the connection string of a database. It writes one line when it listens (the
// agent's key on the first start, else empty), and runs until its standard input ends.
if (args is not [var data, var policies, var socket, "honest" or "early", .. var rest] || rest.Length > 1)
{
    Console.Error.WriteLine("usage: Guard.Gateway.TestHost DATA POLICIES SOCKET honest|early [POSTGRES]");
    return 2;
}

var options = new GatewayOptions
{
    DataDirectory = data,
    Postgres = rest is [var connection] ? new PostgresOptions { Connection = connection, AllowVolatile = true } : null,
    PolicyFolders = [policies],
    UnixSocketPath = socket,
    Http = null,
    FirstAgent = new FirstAgentOptions { Name = "killed" },
    Limits = new LimitOptions { PerKey = new RateLimit(1_000_000, 1_000_000) },
};
await using var host = args[3] == "honest"
    ? await GatewayHost.StartAsync(options, CancellationToken.None)
    : await GatewayHost.StartAsync(options, static store => new EarlyAcknowledgingStore(store), CancellationToken.None);
Console.WriteLine(host.FirstStart?.AgentKey ?? "");
await Console.In.ReadToEndAsync();
return 0;
