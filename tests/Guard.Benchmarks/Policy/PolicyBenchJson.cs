using System.Text.Json.Serialization;

namespace Guard.Benchmarks.Policy;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<CedarSet>))]
[JsonSerializable(typeof(List<PolicyResult>))]
[JsonSerializable(typeof(string))]
internal sealed partial class PolicyBenchJson : JsonSerializerContext;

/// <summary>A set for the other side.</summary>
internal sealed record CedarSet(string Name, string Policies, IReadOnlyList<CedarAccess> Accesses);

/// <summary>An access, and what Guard decides about it, which the other side must decide as well.</summary>
internal sealed record CedarAccess(string Action, string Resource, bool Allowed);

/// <summary>The median of one benchmark.</summary>
internal sealed record PolicyResult(string Name, double Nanoseconds, long Bytes);
