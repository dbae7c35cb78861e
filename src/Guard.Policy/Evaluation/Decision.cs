namespace Guard.Policy.Evaluation;

/// <summary>The outcome for one tool call.</summary>
public sealed record Decision
{
    public required Effect Effect { get; init; }

    /// <summary>Every access's deciding allow grants. Accesses that need no allow do not count.</summary>
    public required bool Granted { get; init; }

    /// <summary>Decided by the compiled-in floor, which holds in every mode.</summary>
    public required bool ByFloor { get; init; }

    /// <summary>The deciding policy; null where nothing matched. <c>floor</c> for the floor.</summary>
    public string? Policy { get; init; }

    /// <summary>The deciding rule; <c>default</c> for a policy's <c>defaultEffect</c>.</summary>
    public string? Rule { get; init; }

    /// <summary>
    /// The rule's reason, or Guard's own: a denial by default names the rule that would have to exist
    /// (<c>no rule allows `write:file ./out.txt`</c>).
    /// </summary>
    public required string Reason { get; init; }

    /// <summary>Where the effect is approve: every workflow that must be satisfied. Else null.</summary>
    public RequiredApproval? Approval { get; init; }

    /// <summary>Index of the deciding access.</summary>
    public required int Access { get; init; }

    /// <summary>Every rule that matched any access, rules on trial included, strongest first.</summary>
    public required IReadOnlyList<RuleMatch> Matched { get; init; }

    /// <summary>Errors met in rules; an error is never a miss.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Per rule and access, why it matched or not; empty unless asked for.</summary>
    public required IReadOnlyList<RuleTry> Trace { get; init; }
}

/// <summary>A rule that matched one access.</summary>
public readonly record struct RuleMatch(string Policy, string Rule, Effect Effect, int Access, bool OnTrial);

/// <summary>A rule tried against one access, for explanations.</summary>
public readonly record struct RuleTry(string Policy, string Rule, Effect Effect, int Access, bool Matched, string Because);

/// <summary>What several approve rules ask for together.</summary>
/// <param name="Workflows">All of them must be satisfied; an empty name is the organisation's default workflow.</param>
/// <param name="Timeout">The shortest stated one, or null.</param>
public sealed record RequiredApproval(IReadOnlyList<string> Workflows, TimeSpan? Timeout);
