using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Guard.Gateway.Hosting;

namespace Guard.Gateway.Identity;

/// <summary>All keys of the store in memory, so that authentication never waits for the disk.</summary>
/// <remarks>
/// Thread-safe. Loaded whole whenever a key has changed, by whichever gateway: keys that were read before a revocation can
/// then not be put back into force after it.
/// </remarks>
internal sealed class KeyIndex(IdentityStore store)
{
    // One loads, the others wait for its result.
    private readonly Lock _loading = new();

    // Swapped whole; read by every request.
    private volatile KeySet _current = KeySet.Empty;

    /// <summary>A request takes it once and uses that snapshot to its end.</summary>
    public KeySet Current => _current;

    public bool TryFind(string prefix, [NotNullWhen(true)] out KeyEntry? entry) => _current.ByPrefix.TryGetValue(prefix, out entry);

    /// <summary>The agent of a key as it is now, with the generation of the keys it was found in.</summary>
    /// <exception cref="RefusedException">401: the key was revoked since the request came in.</exception>
    public (AgentIdentity Agent, long Generation) AgentOf(KeyEntry key)
    {
        var current = _current;
        return current.ByPrefix.TryGetValue(key.Prefix, out var entry) && entry.RevokedAt is null && entry.Agent is { } agent
            ? (agent, current.Generation)
            : throw new RefusedException(401, ProblemCodes.KeyRevoked, $"The API key {key.Prefix} was revoked. Ask for a new one: `guard agent create`.");
    }

    /// <summary>Makes this the store's newest keys. In force when it returns: the next request with a revoked key is refused.</summary>
    public void Refresh()
    {
        lock (_loading)
        {
            if (_current.Generation != store.KeysGeneration())
            {
                _current = store.LoadKeys();
            }
        }
    }

    /// <summary>Compares in time that does not depend on where the two differ.</summary>
    public static bool Matches(KeyEntry entry, ReadOnlySpan<char> presented) =>
        CryptographicOperations.FixedTimeEquals(entry.Hash, ApiKey.Hash(presented));
}

/// <summary>The keys of one generation. Immutable.</summary>
/// <param name="Generation">0: nothing was loaded yet.</param>
/// <param name="ByPrefix">By the visible part of the key.</param>
internal sealed record KeySet(long Generation, FrozenDictionary<string, KeyEntry> ByPrefix)
{
    public static readonly KeySet Empty = new(0, FrozenDictionary<string, KeyEntry>.Empty);
}
