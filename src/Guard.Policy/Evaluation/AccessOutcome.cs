namespace Guard.Policy.Evaluation;

/// <summary>What was decided for one access, with the rule that decided.</summary>
internal sealed record AccessOutcome
{
    public required int Access { get; init; }
    public required Effect Effect { get; init; }
    public required string Reason { get; init; }
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public bool ByFloor { get; init; }

    /// <summary>An allow was needed and granted.</summary>
    public bool Granted { get; init; }

    /// <summary>False for inert accesses that nothing forbade.</summary>
    public bool NeededAllow { get; init; } = true;

    /// <summary>
    /// Strongest first; of equals the floor, then a rule before the want of one or a default, then by policy and rule, then the earlier access.
    /// </summary>
    public static int Compare(AccessOutcome a, AccessOutcome b)
    {
        var order = b.Effect.CompareTo(a.Effect);
        order = order != 0 ? order : b.ByFloor.CompareTo(a.ByFloor);
        // A line may break the floor in many of its parts: the first one says most.
        order = order != 0 || !a.ByFloor ? order : a.Access.CompareTo(b.Access);
        order = order != 0 ? order : (a.Policy is null).CompareTo(b.Policy is null);

        // What a rule says of a call tells more than that no rule does.
        order = order != 0 ? order : Want(a).CompareTo(Want(b));
        order = order != 0 ? order : b.NeededAllow.CompareTo(a.NeededAllow);
        order = order != 0 ? order : string.CompareOrdinal(a.Policy, b.Policy);
        order = order != 0 ? order : string.CompareOrdinal(a.Rule, b.Rule);
        return order != 0 ? order : a.Access.CompareTo(b.Access);
    }

    private static int Want(AccessOutcome outcome) => outcome.Rule switch { Evaluator.DefaultRule => 2, Evaluator.UnresolvedRule => 1, _ => 0 };
}
