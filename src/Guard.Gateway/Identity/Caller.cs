using Microsoft.AspNetCore.Http;

namespace Guard.Gateway.Identity;

/// <summary>The authenticated caller of the request at hand.</summary>
internal static class Caller
{
    public static KeyEntry Required(HttpContext context) => Key(context) ?? throw new InvalidOperationException("The endpoint does not require a key.");

    public static AdminIdentity Admin(HttpContext context) => Key(context)?.Admin ?? throw new InvalidOperationException("The endpoint does not require an admin key.");

    /// <summary>Null: the endpoint is open, or the caller was refused.</summary>
    public static KeyEntry? Key(HttpContext context) => context.Features.Get<KeyEntry>();

    public static void Set(HttpContext context, KeyEntry key) => context.Features.Set(key);
}
