using System.Text.Json;
using Guard.Cli.Terminal;

namespace Guard.Cli.Connection;

/// <summary>The settings of a hook, as <c>guard-hook</c> reads them. Holds a key: readable by its owner alone.</summary>
internal sealed record HookConfigFile
{
    public required string GatewayUrl { get; init; }
    public required string ApiKey { get; init; }
    public string? AgentName { get; init; }
    public string? CaFile { get; init; }
    public string? StateDirectory { get; init; }

    public void Write(string path) => PrivateFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Default.HookConfigFile));
}
