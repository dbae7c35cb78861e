using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Diagnostics;
using Guard.Policy.Matching;
using Guard.Policy.Tools;

namespace Guard.Policy.Evaluation;

/// <summary>
/// Decides one tool call: every rule of every policy is tried against every access. Slow and plain on purpose: a faster
/// evaluator is checked against this one.
/// </summary>
public static class Evaluator
{
    /// <summary>Rule name of a policy's <c>defaultEffect</c>.</summary>
    public const string DefaultRule = "default";

    /// <summary>Rule name of a policy's <c>shell.unresolved</c>.</summary>
    public const string UnresolvedRule = "shell.unresolved";

    /// <summary>The decision for the call. Depends on nothing but its arguments and never throws for what a request holds.</summary>
    /// <param name="bundle">The policies in force.</param>
    /// <param name="request">The call and everything known about it.</param>
    /// <param name="explain">Fill <see cref="Decision.Trace"/>.</param>
    public static Decision Evaluate(PolicyBundle bundle, EvaluationRequest request, bool explain = false) =>
        new Run(bundle, request, explain).Decide();

    private readonly record struct MatchingRule(PolicyCompiled Policy, RuleCompiled Rule, bool IsUncertain);

    private sealed class Run
    {
        private readonly PolicyBundle _bundle;
        private readonly EvaluationRequest _request;
        private readonly bool _explain;
        private readonly PathAnchors _anchors;
        private readonly ImmutableArray<AccessView> _accesses;
        private readonly ImmutableArray<(PolicyCompiled Policy, bool OnlyToTighten)> _applying;
        private readonly List<RuleMatch> _matched = [];
        private readonly List<RuleTry> _trace = [];
        private readonly Dictionary<string, ToolsJudge> _tools = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _errors = new(StringComparer.Ordinal);

        public Run(PolicyBundle bundle, EvaluationRequest request, bool explain)
        {
            (_bundle, _request, _explain) = (bundle, request, explain);
            _anchors = PathAnchors.From(request);
            // Without names nothing can have been looked for.
            var canWalk = bundle.WalkNames.Count > 0;
            _accesses = [.. request.Accesses.Select((a, i) => AccessView.From(canWalk ? a : a with { Walked = false }, i, _anchors))];
            _applying =
            [
                .. bundle.Compiled
                    .Select(p => (Policy: p, To: p.AppliesTo?.To(request.Agent, request.Context) ?? Applicability.Yes))
                    .Where(p => p.To != Applicability.No)
                    .Select(p => (p.Policy, p.To == Applicability.OnlyToTighten)),
            ];
        }

        private IEnumerable<PolicyCompiled> FullyApplying => _applying.Where(p => !p.OnlyToTighten).Select(p => p.Policy);

        public Decision Decide()
        {
            if (_accesses.IsEmpty)
            {
                return Complete(new AccessOutcome { Access = 0, Effect = Effect.Deny, Reason = "the call states nothing that it would do, so nothing can allow it" }, [], null);
            }

            var floor = new FloorJudge(_bundle.Floor, _request, _accesses);
            var outcomes = new List<AccessOutcome>();
            var approvals = new List<ApprovalDefinition?>();
            foreach (var access in _accesses)
            {
                var rules = MatchingRules(access, out var isPossible);
                var outcome = floor.Judge(access, _errors) is { } verdict
                    ? new AccessOutcome { Access = access.Index, Effect = Effect.Deny, Reason = verdict.Reason, Policy = Floor.PolicyName, Rule = verdict.Rule, ByFloor = true }
                    : Combine(access, rules, isPossible);
                outcomes.Add(outcome);
                if (outcome.ByFloor)
                {
                    _matched.Add(new RuleMatch(Floor.PolicyName, outcome.Rule!, Effect.Deny, access.Index, OnTrial: false));
                }

                if (outcome.Effect == Effect.Approve)
                {
                    approvals.AddRange(rules.Where(r => r.Rule.Definition.Effect == Effect.Approve).Select(r => r.Rule.Definition.Approval));
                }
            }

            var remedy = new Remedy(_accesses, [.. outcomes]);
            outcomes.Sort(AccessOutcome.Compare);
            return Complete(outcomes[0] with { Reason = remedy.Complete(outcomes[0]) }, outcomes, Approval(outcomes[0].Effect, approvals));
        }

        private Decision Complete(AccessOutcome deciding, List<AccessOutcome> outcomes, RequiredApproval? approval)
        {
            var needing = outcomes.Where(o => o.NeededAllow).ToList();
            _matched.Sort(static (a, b) =>
            {
                var order = b.Effect.CompareTo(a.Effect);
                order = order != 0 ? order : string.CompareOrdinal(a.Policy, b.Policy);
                order = order != 0 ? order : string.CompareOrdinal(a.Rule, b.Rule);
                return order != 0 ? order : a.Access.CompareTo(b.Access);
            });
            return new Decision
            {
                Effect = deciding.Effect,
                Granted = deciding.Effect == Effect.Allow && needing.Count > 0 && needing.TrueForAll(o => o.Granted),
                ByFloor = deciding.ByFloor,
                Policy = deciding.Policy,
                Rule = deciding.Rule,
                Reason = deciding.Reason,
                Access = deciding.Access,
                Approval = approval,
                Matched = [.. _matched],
                Errors = [.. _errors],
                Trace = [.. _trace],
            };
        }

        private List<MatchingRule> MatchingRules(AccessView access, out bool isPossible)
        {
            isPossible = false;
            var matching = new List<MatchingRule>();
            foreach (var (policy, onlyToTighten) in _applying)
            {
                if (policy.Tools is not null)
                {
                    matching.AddRange(MatchingTools(policy, onlyToTighten, access));
                    continue;
                }

                foreach (var rule in policy.Rules)
                {
                    var trial = onlyToTighten && !rule.IsGenerous
                        ? new RuleTrial(false, "whether its policy is for this call is not certain, so it only tightens", null)
                        : RuleTrial.Of(policy, rule, access, _request, _explain);
                    var (id, effect) = (rule.Definition.Id, rule.Definition.Effect);
                    if (trial.Error is { } error)
                    {
                        _errors.Add(error);
                    }

                    if (_explain)
                    {
                        _trace.Add(new RuleTry(policy.Name, id, effect, access.Index, trial.Matched, trial.Because));
                    }

                    isPossible |= trial.IsPossible && !rule.Definition.OnTrial;
                    if (!trial.Matched)
                    {
                        continue;
                    }

                    _matched.Add(new RuleMatch(policy.Name, id, effect, access.Index, rule.Definition.OnTrial));
                    if (!rule.Definition.OnTrial)
                    {
                        matching.Add(new MatchingRule(policy, rule, IsUncertain: onlyToTighten || trial.IsUncertain));
                    }
                }
            }

            return matching;
        }

        private IEnumerable<MatchingRule> MatchingTools(PolicyCompiled policy, bool onlyToTighten, AccessView access)
        {
            if (!_tools.TryGetValue(policy.Name, out var judge))
            {
                _tools[policy.Name] = judge = new ToolsJudge(policy, policy.Tools!, _request, _accesses);
            }

            var outcomes = judge.Judge(access);
            if (_explain)
            {
                foreach (var rule in policy.Rules)
                {
                    var (id, effect) = (rule.Definition.Id, rule.Definition.Effect);
                    var outcome = outcomes.FirstOrDefault(o => o.Rule.Definition.Id == id);
                    _trace.Add(new RuleTry(policy.Name, id, effect, access.Index, outcome is not null, outcome?.Because ?? "the entry is for something else, or another condition matched first"));
                }
            }

            foreach (var outcome in outcomes)
            {
                if (outcome.Error is { } error)
                {
                    _errors.Add(error);
                }

                if (onlyToTighten && !outcome.Rule.IsGenerous)
                {
                    continue;
                }

                _matched.Add(new RuleMatch(policy.Name, outcome.Rule.Definition.Id, outcome.Rule.Definition.Effect, access.Index, OnTrial: false));
                yield return new MatchingRule(policy, outcome.Rule, IsUncertain: onlyToTighten || outcome.IsUncertain);
            }
        }

        /// <summary>
        /// INVARIANT (forgeable facts only tighten): rules that match because a fact is missing are heard only where they
        /// make the outcome stronger. An ask must not replace the denial that holds without it.
        /// </summary>
        private AccessOutcome Combine(AccessView access, List<MatchingRule> rules, bool isPossible)
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

            // A rule against the command could hold, depending on words that nobody knows.
            if (isPossible && !access.Access.Inert)
            {
                return Stronger(rules.FindAll(r => r.Rule.IsGenerous), access, Unresolved(access));
            }

            if (access.Access.Inert)
            {
                return CombineInert(access, rules);
            }

            return rules.Count > 0 ? ByRule(access, rules) : ByDefault(access);
        }

        private static AccessOutcome ByRule(AccessView access, List<MatchingRule> rules)
        {
            var strongest = rules.Max(r => r.Rule.Definition.Effect);
            var deciding = rules.Where(r => r.Rule.Definition.Effect == strongest)
                .OrderBy(r => r.Policy.Name, StringComparer.Ordinal).ThenBy(r => r.Rule.Definition.Id, StringComparer.Ordinal).ToList();
            var (policy, rule, _) = deciding[0];
            return new AccessOutcome
            {
                Access = access.Index,
                Effect = strongest,
                Policy = policy.Name,
                Rule = rule.Definition.Id,
                Reason = deciding.Select(d => d.Rule.Definition).FirstOrDefault(d => d.Id == rule.Definition.Id && d.Reason is not null)?.Reason
                    ?? $"{Verb(strongest)} `{Named(access)}`",

                // Of several allows one that grants is enough: order must not decide.
                Granted = strongest == Effect.Allow && deciding.Exists(d => d.Rule.Definition.Grant),
            };
        }

        private AccessOutcome CombineInert(AccessView access, List<MatchingRule> rules)
        {
            var against = rules.Where(r => r.Rule.IsGenerous).ToList();
            if (against.Count > 0)
            {
                return ByRule(access, against);
            }

            if (FullyApplying.Any())
            {
                return new AccessOutcome { Access = access.Index, Effect = Effect.Allow, Reason = "no rule forbids it", NeededAllow = false };
            }

            return Denied(access, NoPolicy());
        }

        private AccessOutcome ByDefault(AccessView access)
        {
            var beyond = access.IsBeyondDefaultAllow;
            var stated = Strongest(p => p.DefaultEffect, usableAllow: !beyond);
            if (stated is { } found)
            {
                var reason = found.Effect == Effect.Allow
                    ? "no rule forbids it, and this policy allows by default"
                    : $"{NoRule(access)}; this policy's default is to {Imperative(found.Effect)}";
                return new AccessOutcome { Access = access.Index, Effect = found.Effect, Policy = found.Policy, Rule = DefaultRule, Reason = reason };
            }

            return Denied(access, FullyApplying.Any() ? NoRule(access) : NoPolicy());
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
        private bool HasConditionAgainst(AccessView access) => _applying.Any(p => p.Policy.Rules.Any(r =>
            r.IsGenerous && !r.Definition.OnTrial && (r.Resource is not null || r.Command is not null || r.When is not null)
            && (r.IsForAction(access.Access.Action, access.Access.Subtree)
                || (access.IsOpaque && (r.IsForAction("execute:shell", subtree: false) || r.IsForAction("execute:code", subtree: false))))));

        private AccessOutcome Unresolved(AccessView access)
        {
            var what = access.IsOpaque
                ? $"what `{access.ShownResource}` would do cannot be known{Why(access)}"
                : access.Command is { Open: true } ? $"some words of `{access.ShownResource}` cannot be known, and a rule against the command depends on them"
                : $"the resource of `{Shown.Text(access.Access.Action, 64)}` cannot be known{Why(access)}";
            var stated = Strongest(p => p.Unresolved, usableAllow: false);
            return stated is { } found
                ? new AccessOutcome { Access = access.Index, Effect = found.Effect, Policy = found.Policy, Rule = UnresolvedRule, Reason = what }
                : Denied(access, FullyApplying.Any() ? $"{what}, and no policy says otherwise with `shell.unresolved`" : NoPolicy());
        }

        /// <summary>
        /// The strongest effect that applying policies state. A policy that only tightens is heard only where a policy that
        /// applies for certain states one too: without any the answer is deny, and a weaker word would loosen it.
        /// </summary>
        private (Effect Effect, string Policy)? Strongest(Func<PolicyDefinition, Effect?> stated, bool usableAllow)
        {
            var all = _applying
                .Select(p => (Effect: stated(p.Policy.Definition), Policy: p.Policy.Name, p.OnlyToTighten))
                .Where(s => s.Effect is not null && (usableAllow || s.Effect != Effect.Allow))
                .ToList();
            if (!all.Exists(s => !s.OnlyToTighten))
            {
                return null;
            }

            var (effect, policy, _) = all.OrderByDescending(s => s.Effect).ThenBy(s => s.Policy, StringComparer.Ordinal).First();
            return (effect!.Value, policy);
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

        private string NoPolicy() => _applying.Any(p => p.OnlyToTighten)
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

        private static RequiredApproval? Approval(Effect effect, List<ApprovalDefinition?> approvals) => effect != Effect.Approve
            ? null
            : new RequiredApproval(
                [.. approvals.Select(a => a?.Workflow ?? "").DefaultIfEmpty("").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                approvals.Min(a => a?.Timeout));
    }
}
