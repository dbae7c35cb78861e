using System.Globalization;
using System.Net;
using Guard.Gateway.Audit;
using Guard.Gateway.Hosting;
using Guard.Gateway.Identity;
using Guard.Gateway.TestHost;

// A gateway as a process of its own, for tests that kill it or cut it off. Arguments are NAME=VALUE:
//   data, policies, socket    folders, and where it listens
//   store                     honest; early and unwaiting, which acknowledge before they store
//   postgres                  the connection string of a database, instead of the file
//   spool                     the folder of its spool; without: none
//   https, certificate, key   an address to listen on with TLS, and its PEM files
//   rollups                   milliseconds between roll-ups
// It writes one line when it listens (the keys of the agent and of the administrator on the first start, else nothing), and runs
// until its standard input ends. There, `hold KIND` stops it before it stores the next event of that kind (it says `held`),
// and `go` lets it go on.
var given = args.Select(static argument => argument.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1], StringComparer.Ordinal);
var options = new GatewayOptions
{
    DataDirectory = given["data"],
    Postgres = given.TryGetValue("postgres", out var connection) ? new PostgresOptions { Connection = connection, AllowVolatile = true } : null,
    Spool = given.TryGetValue("spool", out var spool) ? new SpoolOptions(spool) : null,
    PolicyFolders = [given["policies"]],
    UnixSocketPath = given["socket"],
    Http = null,
    Https = given.TryGetValue("https", out var https) ? new HttpsOptions(IPEndPoint.Parse(https), given["certificate"], given["key"]) : null,
    FirstAgent = new FirstAgentOptions { Name = "killed" },
    Limits = new LimitOptions { PerKey = new RateLimit(1_000_000, 1_000_000) },
};
if (given.TryGetValue("rollups", out var milliseconds))
{
    options = options with { RollUpInterval = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture)) };
}

HoldingStore? holding = null;
await using var host = await GatewayHost.StartAsync(options, Store, CancellationToken.None);
Console.WriteLine($"{host.FirstStart?.AgentKey} {host.FirstStart?.AdminKey}".Trim());
while (await Console.In.ReadLineAsync() is { } command)
{
    if (command == "go")
    {
        holding!.Go();
    }
    else
    {
        holding!.Hold(command["hold ".Length..]);
        Console.WriteLine("holding");
    }
}

return 0;

IAuditStore Store(IAuditStore store) => given["store"] switch
{
    "early" => new EarlyAcknowledgingStore(store),
    "unwaiting" => new UnwaitingStore(store),
    _ => holding = new HoldingStore(store),
};
