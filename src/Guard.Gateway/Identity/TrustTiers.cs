using Guard.Policy;

namespace Guard.Gateway.Identity;

/// <summary>Trust tiers as the wire and the store spell them.</summary>
internal static class TrustTiers
{
    public static string Name(TrustTier tier) => tier switch
    {
        TrustTier.Unverified => "unverified",
        TrustTier.Verified => "verified",
        TrustTier.Trusted => "trusted",
        TrustTier.Privileged => "privileged",
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, "Unknown trust tier."),
    };

    public static bool TryParse(string text, out TrustTier tier)
    {
        (var known, tier) = text switch
        {
            "unverified" => (true, TrustTier.Unverified),
            "verified" => (true, TrustTier.Verified),
            "trusted" => (true, TrustTier.Trusted),
            "privileged" => (true, TrustTier.Privileged),
            _ => (false, TrustTier.Unverified),
        };
        return known;
    }

    public static TrustTier Parse(string text) =>
        TryParse(text, out var tier) ? tier : throw new InvalidDataException($"The store holds the unknown trust tier `{text}`.");
}
