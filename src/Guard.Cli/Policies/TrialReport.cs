using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>What would be decided for one call: the result of <c>guard policy test</c> with <c>--json</c>.</summary>
internal sealed record TrialReport
{
    public required string Agent { get; init; }
    public required string Effect { get; init; }
    public required bool Granted { get; init; }

    /// <summary>Null: nothing matched.</summary>
    public string? Policy { get; init; }
    public string? Rule { get; init; }
    public required string Reason { get; init; }

    /// <summary>Hash of the bundle that decided.</summary>
    public string? Bundle { get; init; }
    public required IReadOnlyList<Access> Accesses { get; init; }
    public required IReadOnlyList<MatchedRule> Matched { get; init; }

    /// <summary>Why each rule did or did not match; only with <c>--verbose</c>.</summary>
    public IReadOnlyList<RuleTrace>? Trace { get; init; }
}
