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
    public string? Mode { get; init; }

    /// <summary>Before the key is made: it would be lost.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="state">What the refusal says of the gateway, such as "no agent was made".</param>
    public static void RefuseUnwritable(string path, string state)
    {
        if (Path.Exists(path)) throw CliException.Refused($"{path} exists already; {state}");
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder)) throw CliException.Refused($"the folder {folder} does not exist; {state}");
    }

    public void Write(string path) => PrivateFile.Write(path, Serialize());

    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Default.HookConfigFile);
}
