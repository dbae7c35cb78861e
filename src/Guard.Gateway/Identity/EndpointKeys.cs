using Guard.Protocol;
using Microsoft.AspNetCore.Builder;

namespace Guard.Gateway.Identity;

/// <summary>The scope that a caller's key must have. An endpoint with neither this nor <see cref="OpenToAll"/> keeps the gateway from starting.</summary>
internal sealed record RequiredScope(string Scope)
{
    public KeyKind Kind => Scopes.OfAgents.Contains(Scope) ? KeyKind.Agent : KeyKind.Admin;

    /// <summary>What waits neither for administration nor for lists: what agents ask, and the figures that would show that something waits.</summary>
    public bool IsUrgent => Kind == KeyKind.Agent || Scope == Scopes.MetricsRead;
}

/// <summary>The endpoint answers without a key.</summary>
internal sealed record OpenToAll;

internal static class EndpointKeys
{
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredScope(scope));

    public static TBuilder AllowWithoutKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OpenToAll());
}
