namespace Guard.Policy.Evaluation;

/// <summary>Decides one tool call.</summary>
public static class Evaluator
{
    /// <summary>Rule name of a policy's <c>defaultEffect</c>.</summary>
    public const string DefaultRule = "default";

    /// <summary>Rule name of a policy's <c>shell.unresolved</c>.</summary>
    public const string UnresolvedRule = "shell.unresolved";

    /// <summary>The decision for the call. Depends on nothing but its arguments and never throws for what a request holds.</summary>
    /// <param name="bundle">The policies in force.</param>
    /// <param name="request">The call and everything known about it.</param>
    /// <param name="explain">Fill <see cref="Decision.Trace"/>, which tries every rule.</param>
    public static Decision Evaluate(PolicyBundle bundle, EvaluationRequest request, bool explain = false) =>
        new EvaluationRun(bundle, request, explain, everyRule: explain).Decide();

    /// <summary>
    /// The same decision by trying every rule of every policy on every access: slow and plain on purpose, so that
    /// <see cref="Evaluate"/>, which tries only the rules that the bundle's index gives, can be checked against it.
    /// </summary>
    public static Decision EvaluateEveryRule(PolicyBundle bundle, EvaluationRequest request) =>
        new EvaluationRun(bundle, request, explain: false, everyRule: true).Decide();
}
