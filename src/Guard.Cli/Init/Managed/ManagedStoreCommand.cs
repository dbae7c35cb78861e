using System.CommandLine;
using System.Text.Json;
using Guard.Cli.Terminal;
using Guard.Gateway.Hosting;

namespace Guard.Cli.Init.Managed;

/// <summary>
/// The part of a managed installation that the gateway's account does: makes the store, or a new key in it, and hands the
/// keys over a pipe to root, who started it. Not for people, so not in the help.
/// </summary>
internal static class ManagedStoreCommand
{
    public const string Name = "managed-store";

    public static Command Create(CliContext context)
    {
        var data = new Option<string>("--data") { Required = true };
        var agent = new Option<string>("--agent") { Required = true };
        var command = new Command(Name) { data, agent };
        command.Hidden = true;
        command.SetAction(async (parsed, cancel) =>
        {
            if (context.IsTerminal) throw CliException.Usage($"{Name} writes keys; `guard init --managed` calls it");
            var keys = await MakeAsync(context, parsed.GetRequiredValue(data), parsed.GetRequiredValue(agent), cancel);
            context.Output.Write(JsonSerializer.Serialize(keys, CliJson.Default.ManagedKeys));
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<ManagedKeys> MakeAsync(CliContext context, string data, string agent, CancellationToken cancel)
    {
        try
        {
            if (File.Exists(Path.Combine(data, "guard.db")))
                return new ManagedKeys(await Credentials.IssueAgentKeyAsync(data, agent, clock: context.Time, cancellationToken: cancel));

            var socket = Path.Combine(data, "setup.sock");
            var options = new GatewayOptions
            {
                DataDirectory = data,
                Http = null,
                UnixSocketPath = socket,
                FirstAgent = new FirstAgentOptions { Name = agent, Owner = ManagedLayout.Account },
                Clock = context.Time,
            };
            FirstStart first;
            await using (var host = await GatewayHost.StartAsync(options, cancel))
            {
                first = host.FirstStart ?? throw CliException.Refused($"the store in {data} is not new");
            }

            File.Delete(socket);
            return new ManagedKeys(first.AgentKey, first.AdminKey);
        }
        catch (GatewayStartException e)
        {
            throw CliException.Refused(e.Message, e);
        }
    }
}

/// <summary>Keys on their way from the store to root.</summary>
/// <param name="AgentKey">For the hook.</param>
/// <param name="AdminKey">For people; null: the store had one before.</param>
internal sealed record ManagedKeys(string AgentKey, string? AdminKey = null)
{
    /// <summary>Never the keys: records print themselves into messages.</summary>
    public override string ToString() => "keys";
}
