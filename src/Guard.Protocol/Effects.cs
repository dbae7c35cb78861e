namespace Guard.Protocol;

/// <summary>What a rule asks for, weakest first: <c>deny &gt; approve &gt; ask &gt; allow</c>.</summary>
public static class Effects
{
    public const string Allow = "allow";
    public const string Ask = "ask";
    public const string Approve = "approve";
    public const string Deny = "deny";

    /// <summary>Only as an answer: look through the call's subtrees and ask again.</summary>
    public const string Walk = "walk";
}

/// <summary>Whether a decision is in force (<see cref="Enforce"/>) or only recorded (<see cref="Audit"/>).</summary>
public static class Modes
{
    public const string Enforce = "enforce";
    public const string Audit = "audit";
}
