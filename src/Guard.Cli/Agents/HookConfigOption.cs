using System.CommandLine;
using Guard.Cli.Connection;
using Guard.Cli.Terminal;

namespace Guard.Cli.Agents;

/// <summary><c>--write-hook-config</c>: the new key goes into a hook's settings instead of onto the terminal.</summary>
internal sealed class HookConfigOption
{
    private readonly Option<string?> _option = new("--write-hook-config")
    {
        HelpName = "FILE",
        Description = "Write the hook's settings with the key there (mode 0600, never over another file) instead of showing the key",
    };

    public void AddTo(Command command) => command.Options.Add(_option);

    /// <summary>The file to write, checked before there is a key that could be lost; null: the key is shown.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="context">Where relative paths start.</param>
    /// <param name="state">What a refusal says of the gateway, such as "no agent was made".</param>
    public string? FileOf(ParseResult parsed, CliContext context, string state)
    {
        if (parsed.GetValue(_option) is not { } stated) return null;
        var file = context.Resolve(stated);
        HookConfigFile.RefuseUnwritable(file, state);
        return file;
    }

    public static void Write(string file, ParseResult parsed, CliContext context, ConnectionOptions connection, string key, string agent) => new HookConfigFile
    {
        GatewayUrl = connection.AddressOf(parsed, context).Text,
        ApiKey = key,
        AgentName = agent,
        CaFile = connection.CaFileOf(parsed, context),
        StateDirectory = connection.FolderOf(parsed, context).State,
    }.Write(file);
}
