using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Matching;

namespace Guard.Policy.Evaluation;

/// <summary>Puts the rules that match an access together: the strongest effect, what is inert or cannot be known, and the defaults.</summary>
internal sealed class Combination
{
    private readonly PolicyBundle _bundle;
    private readonly Applicability[] _applicability;
    private readonly EvaluationRequest _request;
    private readonly PathAnchors _anchors;

    /// <summary>Some policy applies for certain.</summary>
    private readonly bool _appliesFully;

    /// <param name="bundle">The policies in force.</param>
    /// <param name="applicability">By the policy's place in the bundle.</param>
    /// <param name="request">The call.</param>
    /// <param name="anchors">Of the request.</param>
    public Combination(PolicyBundle bundle, Applicability[] applicability, EvaluationRequest request, PathAnchors anchors)
    {
        (_bundle, _applicability, _request, _anchors) = (bundle, applicability, request, anchors);
        _appliesFully = Array.IndexOf(applicability, Applicability.Yes) >= 0;
    }

    private IEnumerable<(PolicyCompiled Policy, bool OnlyToTighten)> Applying
    {
        get
        {
            for (var i = 0; i < _applicability.Length; i++)
            {
                if (_applicability[i] != Applicability.No)
                {
                    yield return (_bundle.Compiled[i], _applicability[i] == Applicability.OnlyToTighten);
                }
            }
        }
    }

    /// <summary>
    /// INVARIANT (forgeable facts only tighten): rules that match because a fact is missing are heard only where they
    /// make the outcome stronger. An ask must not replace the denial that holds without it.
    /// </summary>
    public AccessOutcome Combine(AccessView access, List<MatchingRule> rules, bool isPossible)
    {
        var outcome = CombineAll(access, rules, isPossible);
        if (!rules.Exists(r => r.IsUncertain))
        {
            return outcome;
        }

        var certain = CombineAll(access, rules.FindAll(r => !r.IsUncertain), isPossible);
        return AccessOutcome.Compare(outcome, certain) <= 0 ? outcome : certain;
    }

    private AccessOutcome CombineAll(AccessView access, List<MatchingRule> rules, bool isPossible)
    {
        if (access.IsUnresolved)
        {
            return CombineUnresolved(access, rules);
        }

        if (access.Access.Inert)
        {
            return CombineInert(access, rules);
        }

        var known = rules.Count > 0 ? ByRule(access, rules) : ByDefault(access);
        if (!isPossible)
        {
            return known;
        }

        // A rule against the command could hold, depending on words that nobody knows: that never weakens what is known.
        var possible = Stronger(rules.FindAll(r => r.Rule.IsGenerous), access, Unresolved(access));
        return known.Effect > possible.Effect ? known : possible;
    }

    private static AccessOutcome ByRule(AccessView access, List<MatchingRule> rules)
    {
        var strongest = rules[0].Rule.Definition.Effect;
        foreach (var rule in rules)
        {
            strongest = rule.Rule.Definition.Effect > strongest ? rule.Rule.Definition.Effect : strongest;
        }

        // Of equals the first by policy and rule; of several allows one that grants is enough: order must not decide.
        var deciding = First(rules, strongest, null)!.Value;
        var id = deciding.Rule.Definition.Id;
        var reason = deciding.Rule.Definition.Reason ?? First(rules, strongest, id)?.Rule.Definition.Reason;
        return new AccessOutcome
        {
            Access = access.Index,
            Effect = strongest,
            Policy = deciding.Policy.Name,
            Rule = id,
            Reason = reason ?? $"{Verb(strongest)} `{Named(access)}`",
            Granted = strongest == Effect.Allow && rules.Exists(static r => r.Rule.Definition.Grant),
        };
    }

    /// <param name="rules">To choose from.</param>
    /// <param name="effect">Of the one looked for.</param>
    /// <param name="withReason">Null, or the id that it has, beside a reason.</param>
    private static MatchingRule? First(List<MatchingRule> rules, Effect effect, string? withReason)
    {
        MatchingRule? first = null;
        foreach (var rule in rules)
        {
            var one = rule.Rule.Definition;
            if (one.Effect == effect && (withReason is null || (one.Id == withReason && one.Reason is not null)) && (first is not { } other || Compare(rule, other) < 0))
            {
                first = rule;
            }
        }

        return first;
    }

    private static int Compare(MatchingRule a, MatchingRule b)
    {
        var order = string.CompareOrdinal(a.Policy.Name, b.Policy.Name);
        return order != 0 ? order : string.CompareOrdinal(a.Rule.Definition.Id, b.Rule.Definition.Id);
    }

    private AccessOutcome CombineInert(AccessView access, List<MatchingRule> rules)
    {
        var against = rules.Where(r => r.Rule.IsGenerous).ToList();
        if (against.Count > 0)
        {
            return ByRule(access, against);
        }

        if (_appliesFully)
        {
            return new AccessOutcome { Access = access.Index, Effect = Effect.Allow, Reason = "no rule forbids it", NeededAllow = false };
        }

        return Denied(access, NoPolicy());
    }

    private AccessOutcome ByDefault(AccessView access)
    {
        var beyond = access.IsBeyondDefaultAllow;
        var stated = Strongest(static p => p.DefaultEffect, usableAllow: !beyond);
        if (stated is { } found)
        {
            var reason = found.Effect == Effect.Allow
                ? "no rule forbids it, and this policy allows by default"
                : $"{NoRule(access)}; this policy's default is to {Imperative(found.Effect)}";
            return new AccessOutcome { Access = access.Index, Effect = found.Effect, Policy = found.Policy, Rule = Evaluator.DefaultRule, Reason = reason };
        }

        return Denied(access, _appliesFully ? NoRule(access) : NoPolicy());
    }

    private AccessOutcome CombineUnresolved(AccessView access, List<MatchingRule> rules)
    {
        var everything = rules.Where(r => r.Rule.Definition is { Effect: Effect.Allow, Resource: null, Command: null, When: null }).ToList();
        var against = rules.Where(r => r.Rule.IsGenerous).ToList();
        if (everything.Count > 0 && !HasConditionAgainst(access))
        {
            return against.Count > 0 ? ByRule(access, against) : ByRule(access, everything);
        }

        return Stronger(against, access, Unresolved(access));
    }

    private static AccessOutcome Stronger(List<MatchingRule> against, AccessView access, AccessOutcome unresolved)
    {
        if (against.Count == 0)
        {
            return unresolved;
        }

        var rule = ByRule(access, against);
        return AccessOutcome.Compare(rule, unresolved) <= 0 ? rule : unresolved;
    }

    /// <summary>
    /// An applying deny, approve or ask rule for this action that looks at the resource: what cannot be known could be
    /// what it means. What is opaque could be any command.
    /// </summary>
    private bool HasConditionAgainst(AccessView access) => Applying.Any(p => p.Policy.Rules.Any(r =>
        r.IsGenerous && !r.Definition.OnTrial && (r.Resource is not null || r.Command is not null || r.When is not null)
        && (r.IsForAction(access.Access.Action, access.Access.Subtree)
            || (access.IsOpaque && (r.IsForAction("execute:shell", subtree: false) || r.IsForAction("execute:code", subtree: false))))));

    private AccessOutcome Unresolved(AccessView access)
    {
        var what = access.IsOpaque
            ? $"what `{access.ShownResource}` would do cannot be known{Why(access)}"
            : access.Command is { Open: true } ? $"some words of `{access.ShownResource}` cannot be known, and a rule against the command depends on them"
            : $"the resource of `{Shown.Text(access.Access.Action, 64)}` cannot be known{Why(access)}";
        var stated = Strongest(static p => p.Unresolved, usableAllow: false);
        return stated is { } found
            ? new AccessOutcome { Access = access.Index, Effect = found.Effect, Policy = found.Policy, Rule = Evaluator.UnresolvedRule, Reason = what }
            : Denied(access, _appliesFully ? $"{what}, and no policy says otherwise with `shell.unresolved`" : NoPolicy());
    }

    /// <summary>
    /// The strongest effect that applying policies state. A policy that only tightens is heard only where a policy that
    /// applies for certain states one too: without any the answer is deny, and a weaker word would loosen it.
    /// </summary>
    private (Effect Effect, string Policy)? Strongest(Func<PolicyDefinition, Effect?> stated, bool usableAllow)
    {
        (Effect Effect, string Policy)? strongest = null;
        var isCertain = false;
        for (var i = 0; i < _applicability.Length; i++)
        {
            var policy = _bundle.Compiled[i];
            if (_applicability[i] == Applicability.No || stated(policy.Definition) is not { } effect || (effect == Effect.Allow && !usableAllow))
            {
                continue;
            }

            isCertain |= _applicability[i] != Applicability.OnlyToTighten;
            if (strongest is not { } other || effect > other.Effect || (effect == other.Effect && string.CompareOrdinal(policy.Name, other.Policy) < 0))
            {
                strongest = (effect, policy.Name);
            }
        }

        return isCertain ? strongest : null;
    }

    private static AccessOutcome Denied(AccessView access, string reason) => new() { Access = access.Index, Effect = Effect.Deny, Reason = reason };

    private string NoRule(AccessView access)
    {
        var reason = $"no rule allows `{Named(access)}`";
        if (access.Uncoverable is { } why && !access.Access.Unknown)
        {
            reason += $"; {why}";
        }

        return access.Kind == ResourceKinds.File && _anchors.WorkspaceProblem is { } problem ? $"{reason}; `./` in allow rules matches nothing because {problem}" : reason;
    }

    private string NoPolicy() => Applying.Any(p => p.OnlyToTighten)
        ? $"no policy applies for certain to the agent `{Shown.Text(_request.Agent.Name)}` here, so nothing is allowed"
        : $"no policy applies to the agent `{Shown.Text(_request.Agent.Name)}`, so nothing is allowed";

    private static string Named(AccessView access) => $"{Shown.Text(access.Access.Action, 64)} {access.ShownResource}";

    private static string Why(AccessView access) =>
        access.Access.Note is { } note ? $": {Shown.Text(note)}" : access.Access.Why is { } why ? $" ({Shown.Text(why, 64)})" : "";

    private static string Verb(Effect effect) => effect switch
    {
        Effect.Allow => "the rule allows",
        Effect.Ask => "the rule asks before",
        Effect.Approve => "the rule wants an approval for",
        _ => "the rule forbids",
    };

    private static string Imperative(Effect effect) => effect switch
    {
        Effect.Ask => "ask",
        Effect.Approve => "want an approval",
        _ => "deny",
    };
}
