using Guard.Policy.Compilation;
using Guard.Policy.Indexing;
using Guard.Policy.Matching;
using Guard.Policy.Tools;

namespace Guard.Policy.Evaluation;

/// <summary>A rule that matched an access.</summary>
/// <param name="Policy">Whose rule it is.</param>
/// <param name="Rule">The rule.</param>
/// <param name="IsUncertain">Only because a fact is missing that the client should have stated.</param>
internal readonly record struct MatchingRule(PolicyCompiled Policy, RuleCompiled Rule, bool IsUncertain);

/// <summary>One evaluation: finds the rules that match each access, and puts their outcomes together. Used by one thread.</summary>
internal sealed class EvaluationRun
{
    private const int FewIds = 64;

    // Never added to.
    private static readonly List<ApprovalDefinition?> NoApprovals = [];

    private readonly PolicyBundle _bundle;
    private readonly EvaluationRequest _request;
    private readonly bool _explain;
    private readonly bool _everyRule;
    private readonly PathAnchors _anchors;
    private readonly AccessView[] _accesses;

    /// <summary>By the policy's place in the bundle.</summary>
    private readonly Applicability[] _applicability;
    private readonly Combination _combination;
    private readonly List<RuleMatch> _matched = [];

    /// <summary>Only where it was asked for.</summary>
    private readonly List<RuleTry>? _trace;
    private readonly EvaluationErrors _errors = new();
    private Dictionary<string, ToolsJudge>? _tools;

    public EvaluationRun(PolicyBundle bundle, EvaluationRequest request, bool explain, bool everyRule)
    {
        (_bundle, _request, _explain, _everyRule) = (bundle, request, explain, everyRule);
        _trace = explain ? [] : null;
        _anchors = PathAnchors.From(request);

        // Without names nothing can have been looked for.
        var canWalk = bundle.WalkNames.Count > 0;
        _accesses = new AccessView[request.Accesses.Count];
        for (var i = 0; i < _accesses.Length; i++)
        {
            var access = request.Accesses[i];
            _accesses[i] = AccessView.From(canWalk || !access.Walked ? access : access with { Walked = false }, i, _anchors);
        }

        _applicability = new Applicability[bundle.Compiled.Length];
        for (var i = 0; i < _applicability.Length; i++)
        {
            var policy = bundle.Compiled[i];
            var applies = policy.AppliesTo?.To(request.Agent, request.Context) ?? Applicability.Yes;
            _applicability[i] = policy.OnlyTightens && applies == Applicability.Yes ? Applicability.OnlyToTighten : applies;
        }

        _combination = new Combination(bundle, _applicability, request, _anchors);
    }

    public Decision Decide()
    {
        if (_accesses.Length == 0)
        {
            return Complete(new AccessOutcome { Access = 0, Effect = Effect.Deny, Reason = "the call states nothing that it would do, so nothing can allow it" }, [], null);
        }

        var floor = new FloorJudge(_bundle.Floor, _request, _accesses, _anchors, _everyRule);
        var outcomes = new AccessOutcome[_accesses.Length];
        List<ApprovalDefinition?>? approvals = null;
        for (var i = 0; i < _accesses.Length; i++)
        {
            var access = _accesses[i];
            var rules = MatchingRules(access, out var isPossible);
            var outcome = floor.Judge(access, _errors) is { } verdict
                ? new AccessOutcome { Access = access.Index, Effect = Effect.Deny, Reason = verdict.Reason, Policy = Floor.PolicyName, Rule = verdict.Rule, ByFloor = true }
                : _combination.Combine(access, rules, isPossible);
            outcomes[i] = outcome;
            if (outcome.ByFloor)
            {
                _matched.Add(new RuleMatch(Floor.PolicyName, outcome.Rule!, Effect.Deny, access.Index, OnTrial: false));
            }

            if (outcome.Effect == Effect.Approve)
            {
                (approvals ??= []).AddRange(rules.Where(r => r.Rule.Definition.Effect == Effect.Approve).Select(r => r.Rule.Definition.Approval));
            }
        }

        var deciding = outcomes[0];
        foreach (var outcome in outcomes)
        {
            deciding = AccessOutcome.Compare(outcome, deciding) < 0 ? outcome : deciding;
        }

        var reason = deciding.Effect == Effect.Allow ? deciding.Reason : new Remedy(_accesses, outcomes).Complete(deciding);
        return Complete(ReferenceEquals(reason, deciding.Reason) ? deciding : deciding with { Reason = reason }, outcomes, Approval(deciding.Effect, approvals ?? NoApprovals));
    }

    private Decision Complete(AccessOutcome deciding, AccessOutcome[] outcomes, RequiredApproval? approval)
    {
        if (_matched.Count > 1)
        {
            _matched.Sort(static (a, b) =>
            {
                var order = b.Effect.CompareTo(a.Effect);
                order = order != 0 ? order : string.CompareOrdinal(a.Policy, b.Policy);
                order = order != 0 ? order : string.CompareOrdinal(a.Rule, b.Rule);
                return order != 0 ? order : a.Access.CompareTo(b.Access);
            });
        }

        return new Decision
        {
            Effect = deciding.Effect,
            Granted = deciding.Effect == Effect.Allow && Array.Exists(outcomes, o => o.NeededAllow) && Array.TrueForAll(outcomes, o => !o.NeededAllow || o.Granted),
            ByFloor = deciding.ByFloor,
            Policy = deciding.Policy,
            Rule = deciding.Rule,
            Reason = deciding.Reason,
            Access = deciding.Access,
            Approval = approval,
            Matched = _matched.Count > 0 ? _matched : [],
            Errors = _errors.All(),
            Trace = _trace?.ToArray() ?? [],
        };
    }

    private List<MatchingRule> MatchingRules(AccessView access, out bool isPossible)
    {
        isPossible = false;
        var matching = new List<MatchingRule>();
        if (_everyRule)
        {
            for (var p = 0; p < _applicability.Length; p++)
            {
                foreach (var rule in _bundle.Compiled[p].Tools is null && _applicability[p] != Applicability.No ? _bundle.Compiled[p].Rules : [])
                {
                    Try(p, rule, access, matching, ref isPossible);
                }
            }
        }
        else
        {
            var ids = new IdList(stackalloc int[FewIds]);
            _bundle.Index.Collect(access, ref ids);
            foreach (var id in ids.Distinct())
            {
                Try(_bundle.Index.PolicyOf(id), _bundle.Index.Rules[id], access, matching, ref isPossible);
            }

            ids.Dispose();
        }

        foreach (var p in _bundle.ToolPolicies)
        {
            if (_applicability[p] != Applicability.No)
            {
                matching.AddRange(MatchingTools(_bundle.Compiled[p], _applicability[p] == Applicability.OnlyToTighten, access));
            }
        }

        return matching;
    }

    private void Try(int place, RuleCompiled rule, AccessView access, List<MatchingRule> matching, ref bool isPossible)
    {
        if (_applicability[place] == Applicability.No)
        {
            return;
        }

        var policy = _bundle.Compiled[place];
        var onlyToTighten = _applicability[place] == Applicability.OnlyToTighten;
        var trial = onlyToTighten && !rule.IsGenerous
            ? new RuleTrial(false, "whether its policy is for this call is not certain, so it only tightens", null)
            : RuleTrial.Of(policy, rule, access, _request, _explain);
        var definition = rule.Definition;
        if (trial.Error is { } error)
        {
            _errors.Add(error);
        }

        if (_trace is not null)
        {
            _trace.Add(new RuleTry(policy.Name, definition.Id, definition.Effect, access.Index, trial.Matched, trial.Because));
        }

        isPossible |= trial.IsPossible && !definition.OnTrial;
        if (!trial.Matched)
        {
            return;
        }

        _matched.Add(new RuleMatch(policy.Name, definition.Id, definition.Effect, access.Index, definition.OnTrial));
        if (!definition.OnTrial)
        {
            matching.Add(new MatchingRule(policy, rule, IsUncertain: onlyToTighten || trial.IsUncertain));
        }
    }

    private IEnumerable<MatchingRule> MatchingTools(PolicyCompiled policy, bool onlyToTighten, AccessView access)
    {
        _tools ??= new Dictionary<string, ToolsJudge>(StringComparer.Ordinal);
        if (!_tools.TryGetValue(policy.Name, out var judge))
        {
            _tools[policy.Name] = judge = new ToolsJudge(policy, policy.Tools!, _request, [.. _accesses]);
        }

        var outcomes = judge.Judge(access);
        if (_trace is not null)
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

    private static RequiredApproval? Approval(Effect effect, List<ApprovalDefinition?> approvals) => effect != Effect.Approve
        ? null
        : new RequiredApproval(
            [.. approvals.Select(a => a?.Workflow ?? "").DefaultIfEmpty("").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            approvals.Min(a => a?.Timeout));
}
