using Guard.Policy.Compilation;
using Guard.Policy.Matching;

namespace Guard.Policy.Evaluation;

/// <summary>One rule tried against one access.</summary>
/// <param name="Matched">The rule counts for the access; true for a generous rule that failed.</param>
/// <param name="Because">For people; empty unless asked for.</param>
/// <param name="Error">What went wrong inside the rule, or null.</param>
internal readonly record struct RuleTrial(bool Matched, string Because, string? Error)
{
    /// <summary>Matched only because a fact is missing that the client should have stated: then the rule may tighten, never loosen.</summary>
    public bool IsUncertain { get; init; }

    /// <summary>A deny, approve or ask rule that would match for some value of the words that are not known.</summary>
    public bool IsPossible { get; init; }

    /// <summary>Tries a rule. An error in a deny, approve or ask rule is a match, in an allow rule it is none.</summary>
    public static RuleTrial Of(PolicyCompiled policy, RuleCompiled rule, AccessView access, EvaluationRequest request, bool explain)
    {
        try
        {
            var trial = Judge(rule, access, request, explain);
            if (!trial.Matched || rule.When is not { } when) return trial;
            var judged = WhenTrial.Of(when, policy, rule, trial, access, request, explain);
            return rule.IsGenerous && !judged.Matched && access.Command is { Open: true } ? judged with { IsPossible = true } : judged;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var error = $"policy {policy.Name}, rule {rule.Definition.Id}: {e.Message}";
            var because = rule.IsGenerous ? "an error in it counts as a match" : "an error in it counts as no match";
            return new RuleTrial(rule.IsGenerous, explain ? $"{because}: {e.Message}" : "", error);
        }
    }

    private static RuleTrial Judge(RuleCompiled rule, AccessView access, EvaluationRequest request, bool explain)
    {
        var definition = rule.Definition;
        if (!rule.IsForAction(access.Access.Action, access.Access.Subtree))
        {
            return Miss(explain ? $"action `{Diagnostics.Shown.Text(access.Access.Action, 64)}` is not in [{string.Join(", ", definition.Actions)}]" : "");
        }

        if (definition.TrustAtLeast is { } atLeast && request.Agent.TrustTier < atLeast)
        {
            return Miss(explain ? $"the agent's trust tier is below `{atLeast.ToString().ToLowerInvariant()}`" : "");
        }

        if (rule.Time is { } time && !time.Contains(request.Now))
        {
            return Miss(explain ? "it is another time" : "");
        }

        var uncertain = false;
        foreach (var test in rule.Context)
        {
            uncertain |= test.Value(request.Context) is null;
            if (!test.IsMatch(request.Context, rule.IsGenerous))
            {
                return Miss(explain ? Describe(test, request.Context, rule.IsGenerous) : "");
            }
        }

        var trial = rule.Resource is null && rule.Command is null
            ? new RuleTrial(true, explain ? $"action `{Diagnostics.Shown.Text(access.Access.Action, 64)}`, no condition on the resource" : "", null)
            : rule.IsGenerous ? JudgeGenerously(rule, access, explain) : JudgeExactly(rule, access, request, explain);
        return trial with { IsUncertain = uncertain, Because = explain && uncertain && trial.Matched ? Unstated(rule, request.Context) + trial.Because : trial.Because };
    }

    private static RuleTrial JudgeGenerously(RuleCompiled rule, AccessView access, bool explain)
    {
        var command = CommandMatch.Yes;
        if (rule.Command is { } test)
        {
            if (access.Command is not { } shape)
            {
                return Miss("it is no single command");
            }

            command = test.Match(shape, access.Access.Words, generous: true);
            if (command == CommandMatch.No)
            {
                return Miss(explain ? test.Explain(shape, generous: true) : "");
            }
        }

        if (rule.Resource is not { } block)
        {
            return command == CommandMatch.Yes ? new RuleTrial(true, "its command is meant", null) : Possible();
        }

        // Where the subtree's files were looked through, those that the rule could mean are accesses of their own.
        var spellings = access.IsWalked && rule.WalkNames is not null ? access.RootAlone : access.Generous;
        foreach (var spelling in spellings)
        {
            if (block.IsMatch(spelling, generous: true))
            {
                return command == CommandMatch.Yes
                    ? new RuleTrial(true, explain ? block.Explain(spelling, generous: true, Name(access, spelling)) : "", null)
                    : Possible();
            }
        }

        if (access.Beginnings.Any(block.CouldMatch))
        {
            return Possible();
        }

        var because = access.Generous.IsEmpty
            ? "the resource cannot be known, which is left to `shell.unresolved`"
            : explain ? block.Explain(spellings[0], generous: true, Name(access, access.Generous[0])) : "";
        return Miss(because);
    }

    private static RuleTrial JudgeExactly(RuleCompiled rule, AccessView access, EvaluationRequest request, bool explain)
    {
        if (access.Uncoverable is { } why)
        {
            return Miss(why);
        }

        if (rule.Command is { } test)
        {
            if (access.Command is not { } shape)
            {
                return Miss("it is no single command");
            }

            if (test.Match(shape, access.Access.Words, generous: false) != CommandMatch.Yes)
            {
                return Miss(explain ? test.Explain(shape, generous: false) : "");
            }
        }

        if (rule.Resource is not { } block)
        {
            return new RuleTrial(true, "its command is meant", null);
        }

        foreach (var spelling in access.Exact)
        {
            if (!block.IsMatch(spelling, generous: false))
            {
                return Miss(explain ? WithWorkspace(block.Explain(spelling, generous: false, Name(access, spelling)), access, request) : "");
            }
        }

        return new RuleTrial(true, explain ? block.Explain(access.Exact[0], generous: false, Name(access, access.Exact[0])) : "", null);
    }

    private static RuleTrial Possible() => new(false, "it depends on words that are not known, which is left to `shell.unresolved`", null) { IsPossible = true };

    private static string WithWorkspace(string because, AccessView access, EvaluationRequest request) =>
        access.Kind == ResourceKinds.File && PathAnchors.From(request).WorkspaceProblem is { } problem
            ? $"{because}; `./` matches nothing because {problem}"
            : because;

    // The first spelling is shown as in messages; another one (the real path, the canonical command) as it is.
    private static string Name(AccessView access, Spelling spelling) =>
        ReferenceEquals(spelling, access.Generous[0]) ? access.ShownResource : Diagnostics.Shown.Text(spelling.Text);

    private static string Describe(ContextTest test, ContextFacts facts, bool generous) => test.Value(facts) is { } value
        ? $"{Written(test.Fact)}: {test.Block.Explain(Spelling.OfText(value), generous, Diagnostics.Shown.Text(value))}"
        : $"{Written(test.Fact)} is not stated";

    // As policies name it.
    private static string Written(ContextFact fact) => $"`context.{char.ToLowerInvariant(fact.ToString()[0])}{fact.ToString()[1..]}`";

    // What people wonder about: why a rule for a branch applies where nobody said which branch it is.
    private static string Unstated(RuleCompiled rule, ContextFacts facts) =>
        $"nothing is stated of {string.Join(" and ", rule.Context.Where(test => test.Value(facts) is null).Select(static test => Written(test.Fact)))}, so the rule may mean this call; ";

    private static RuleTrial Miss(string because) => new(false, because, null);
}
