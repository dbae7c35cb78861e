using System.Collections.Immutable;

namespace Guard.Policy;

/// <summary>Where Guard's own API listens, read once. Immutable.</summary>
/// <param name="Host">Lower case.</param>
/// <param name="Port">Not 0.</param>
/// <param name="Digits">The port as text.</param>
/// <param name="IsLoopback">This machine's own, which has many names.</param>
/// <param name="Names">Every name of the host that a command line is searched for.</param>
internal sealed record GuardAuthority(string Host, int Port, string Digits, bool IsLoopback, ImmutableArray<string> Names);
