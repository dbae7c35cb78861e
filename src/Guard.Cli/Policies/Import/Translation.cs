namespace Guard.Cli.Policies.Import;

/// <summary>What became of one rule of the client.</summary>
/// <param name="Actions">Of the rule in the policy; empty where there is none.</param>
/// <param name="Conditions">Its conditions as YAML on one line; null: none.</param>
/// <param name="Notes">What is wider or narrower than the client's rule, or why there is none.</param>
/// <param name="Problem">Why nothing may be written at all: what denies or asks must not be lost. Null: none.</param>
internal sealed record Translation(IReadOnlyList<string> Actions, string? Conditions, IReadOnlyList<string> Notes, string? Problem)
{
    public bool IsSaid => Actions.Count > 0;

    public static Translation Said(string[] actions, string? conditions, params string[] notes) => new(actions, conditions, notes, null);

    /// <summary>Leaving out an allow only narrows. What denies or asks is refused instead.</summary>
    public static Translation Unsaid(PermissionList list, string why) => list == PermissionList.Allow ? new([], null, ["left out: " + why], null) : new([], null, [], why);
}
