using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Guard.Gateway.Identity;

/// <summary>All keys of the store in memory, found by their visible prefix, so that authentication never waits for the disk.</summary>
/// <remarks>Thread-safe. Written at start, by administration, and when a key turns up that another process put into the store.</remarks>
internal sealed class KeyIndex
{
    private readonly ConcurrentDictionary<string, KeyEntry> _byPrefix = new(StringComparer.Ordinal);

    public void Put(IEnumerable<KeyEntry> entries)
    {
        foreach (var entry in entries)
        {
            _byPrefix[entry.Prefix] = entry;
        }
    }

    public bool TryFind(string prefix, [NotNullWhen(true)] out KeyEntry? entry) => _byPrefix.TryGetValue(prefix, out entry);

    /// <summary>In force when this returns: the next request with one of the agent's keys is refused.</summary>
    public void RevokeAgent(string agentId, DateTimeOffset at)
    {
        foreach (var entry in _byPrefix.Values.Where(entry => entry.Agent?.Facts.Id == agentId))
        {
            _byPrefix[entry.Prefix] = entry with { RevokedAt = entry.RevokedAt ?? at };
        }
    }

    /// <summary>Compares in time that does not depend on where the two differ.</summary>
    public static bool Matches(KeyEntry entry, ReadOnlySpan<char> presented) =>
        CryptographicOperations.FixedTimeEquals(entry.Hash, ApiKey.Hash(presented));
}
