using Guard.Policy.Cel;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;

namespace Guard.Policy.Evaluation;

/// <summary>A rule's <c>when</c>, tried after everything else of the rule has matched.</summary>
internal static class WhenTrial
{
    /// <summary>
    /// True in one spelling makes a deny, approve or ask match, together with the rule's block in the same spelling; an
    /// allow needs it in all. An error is a match in the former and none in the latter.
    /// </summary>
    public static RuleTrial Of(WhenTest when, PolicyCompiled policy, RuleCompiled rule, RuleTrial before, AccessView access, EvaluationRequest request, bool explain)
    {
        if (!when.ReadsResource)
        {
            return Outcome(when.Evaluate(RuleVariables.Of(request, access, resource: null), rule.IsGenerous), when, policy, rule, before, request, explain);
        }

        if (access.Access.Unknown)
        {
            return new RuleTrial(false, "the resource cannot be known, which is left to `shell.unresolved`", null);
        }

        return rule.IsGenerous ? OfAny(when, policy, rule, before, access, request, explain) : OfAll(when, policy, rule, before, access, request, explain);
    }

    private static RuleTrial OfAny(WhenTest when, PolicyCompiled policy, RuleCompiled rule, RuleTrial before, AccessView access, EvaluationRequest request, bool explain)
    {
        var best = (CelValue)CelBool.False;
        foreach (var spelling in access.Generous)
        {
            if (rule.Resource is { } block && !block.IsMatch(spelling, generous: true))
            {
                continue;
            }

            // Nobody knows the names of what lies in a folder: the expression could mean one.
            if (spelling.Subtree)
            {
                return Outcome(CelBool.True, when, policy, rule, before, request, explain);
            }

            foreach (var name in spelling.GenerousNames.Prepend(spelling.Text).Distinct(StringComparer.Ordinal))
            {
                var value = when.Evaluate(RuleVariables.Of(request, access, name), generous: true);
                if (value == CelBool.True)
                {
                    return Outcome(value, when, policy, rule, before, request, explain);
                }

                best = value is CelError ? value : best;
            }
        }

        return Outcome(best, when, policy, rule, before, request, explain);
    }

    private static RuleTrial OfAll(WhenTest when, PolicyCompiled policy, RuleCompiled rule, RuleTrial before, AccessView access, EvaluationRequest request, bool explain)
    {
        if (access.Uncoverable is { } why)
        {
            return new RuleTrial(false, why, null);
        }

        foreach (var spelling in access.Exact)
        {
            // Nothing is known of the names of what lies in a folder.
            var value = spelling.Subtree ? CelBool.False : when.Evaluate(RuleVariables.Of(request, access, spelling.Text), generous: false);
            if (value != CelBool.True)
            {
                return Outcome(value, when, policy, rule, before, request, explain);
            }
        }

        return Outcome(CelBool.True, when, policy, rule, before, request, explain);
    }

    private static RuleTrial Outcome(CelValue value, WhenTest when, PolicyCompiled policy, RuleCompiled rule, RuleTrial before, EvaluationRequest request, bool explain)
    {
        if (value is not CelError error)
        {
            return value == CelBool.True
                ? before with { Because = explain ? $"{before.Because}, and `when` is true" : "" }
                : new RuleTrial(false, explain ? $"`when` is false: {Shown.Text(rule.Definition.When!)}" : "", null);
        }

        // INVARIANT (an error in a rule is not a miss). One from a fact that the client left out is heard only where it tightens.
        var counts = rule.IsGenerous ? "counts as a match" : "counts as no match";
        var missing = RuleVariables.ReadsMissingFact(when.Program, request.Context);
        return new RuleTrial(
            rule.IsGenerous,
            explain ? $"an error in `when` {counts}: {error.Message}" : "",
            missing ? null : $"policy {policy.Name}, rule {rule.Definition.Id}: `when` at character {error.Offset + 1}: {error.Message}")
        {
            IsUncertain = before.IsUncertain || missing,
        };
    }
}
