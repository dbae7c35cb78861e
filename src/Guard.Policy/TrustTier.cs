namespace Guard.Policy;

/// <summary>How far an organisation trusts an agent, weakest first.</summary>
public enum TrustTier
{
    Unverified,
    Verified,
    Trusted,
    Privileged,
}
