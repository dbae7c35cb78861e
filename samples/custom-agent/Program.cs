// A small agent that is not a known client: it reads the files that it is told to, each of them only if Guard lets it.
//
//   GUARD_GATEWAY_URL=unix:/home/me/.guard/gateway.sock GUARD_API_KEY=guard_agent_... custom-agent FILE...
//
// Exit code 0: all were read; 1: policy denied one; 2: there was no valid decision, so nothing was read.

using System.Security.Cryptography;
using Guard.Client;
using Guard.Protocol;

using var gateway = new GatewayClient(new GatewayClientOptions
{
    Address = GatewayAddress.Parse(Variable("GUARD_GATEWAY_URL")),
    ApiKey = Variable("GUARD_API_KEY"),
    Timeout = TimeSpan.FromSeconds(10),
});
var agent = new GuardedAgent(gateway, new GuardedAgentOptions
{
    Client = "custom-agent",
    Version = "1.0",
    SessionId = Guid.NewGuid().ToString(),
    Workspace = Environment.CurrentDirectory,
});

try
{
    foreach (var file in args)
    {
        // Throws unless the file may be read now. The decision is on record before the file is touched.
        var decision = await agent.EnforceAsync(Actions.ReadFile, file);
        var content = await File.ReadAllBytesAsync(file);
        await agent.ReportAsync(decision, new CallOutcome
        {
            OutputBytes = content.Length,
            OutputDigest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)),
        });
        Console.WriteLine($"read {file}: {content.Length} bytes");
    }

    return 0;
}
catch (PolicyDeniedException denied)
{
    Console.Error.WriteLine(denied.Message);
    return 1;
}
catch (GatewayException failure)
{
    // Not reached, not readable, refused: none of them is a yes.
    Console.Error.WriteLine($"not read: {failure.Message}");
    return 2;
}

static string Variable(string name) =>
    Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"Set {name}.");
