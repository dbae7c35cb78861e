using System.Text.Json;
using Guard.Cli.Terminal;

namespace Guard.Cli.Init.Managed;

/// <summary>What a managed installation made, so that exactly that is taken back. Kept in <c>/etc/guard</c>, for root alone.</summary>
internal sealed record ManagedRecord
{
    public bool MadeGroup { get; init; }
    public bool MadeAccount { get; init; }

    /// <summary>Folders and files that were not there before, in the order of their making.</summary>
    public IReadOnlyList<string> Made { get; init; } = [];

    /// <summary>Null: the gateway is on this machine.</summary>
    public string? RemoteGateway { get; init; }

    /// <summary>Null: there is no managed installation.</summary>
    public static ManagedRecord? Find()
    {
        if (!File.Exists(ManagedLayout.Record)) return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(ManagedLayout.Record), CliJson.Default.ManagedRecord);
        }
        catch (JsonException e)
        {
            throw CliException.Refused($"{ManagedLayout.Record} is not a record of this version ({e.Message}); move it away to go on without it", e);
        }
    }

    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(this, CliJson.Default.ManagedRecord);
}
