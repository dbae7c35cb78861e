using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>What the compiled-in floor must know of the machine it stands on.</summary>
public sealed record FloorSettings
{
    /// <summary>A floor that knows no installation and lifts nothing.</summary>
    public static FloorSettings Default { get; } = new();

    /// <summary>Guard's own data folder, socket and binaries, absolute: neither read nor written by an agent.</summary>
    public IReadOnlyList<string> ProtectedPaths { get; init; } = ImmutableArray<string>.Empty;

    /// <summary>Absolute paths that the floor leaves to policy, with everything below them.</summary>
    public IReadOnlyList<string> LiftedPaths { get; init; } = ImmutableArray<string>.Empty;

    /// <summary><c>host:port</c> of Guard's own API.</summary>
    public IReadOnlyList<string> GatewayAuthorities { get; init; } = ImmutableArray<string>.Empty;
}
