namespace Guard.Policy;

/// <summary>What a rule asks for. Ordered by strength: the strongest matching effect decides.</summary>
public enum Effect
{
    Allow = 1,
    Ask = 2,
    Approve = 3,
    Deny = 4,
}
