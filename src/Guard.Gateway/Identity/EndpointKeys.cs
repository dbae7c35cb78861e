using Microsoft.AspNetCore.Builder;

namespace Guard.Gateway.Identity;

/// <summary>
/// What a caller of an endpoint must present. It stands on the group, so that an endpoint cannot forget it; an endpoint
/// without any of the two keeps the gateway from starting.
/// </summary>
internal sealed record RequiredKey(KeyKind Kind);

/// <summary>The endpoint answers without a key.</summary>
internal sealed record OpenToAll;

internal static class EndpointKeys
{
    public static TBuilder RequireKey<TBuilder>(this TBuilder builder, KeyKind kind)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredKey(kind));

    public static TBuilder AllowWithoutKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OpenToAll());
}
