using System.Collections.Frozen;
using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Documents;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Indexing;

/// <summary>
/// All rules of some policies by action and by what their conditions need, so that a decision costs no more for rules that cannot
/// concern its accesses. Immutable.
/// </summary>
internal sealed class RuleIndex
{
    private const string Invoke = "invoke:";

    private readonly ImmutableArray<int> _policies;
    private readonly ImmutableArray<int> _all;
    private readonly FrozenDictionary<string, ActionIndex> _actions;
    private readonly FrozenSet<string> _named;
    private readonly ActionIndex _anyTool;

    private RuleIndex(ImmutableArray<RuleCompiled> rules, ImmutableArray<int> policies, FrozenDictionary<string, ActionIndex> actions, FrozenSet<string> named, ActionIndex anyTool)
    {
        (Rules, _policies, _actions, _named, _anyTool) = (rules, policies, actions, named, anyTool);
        _all = [.. Enumerable.Range(0, rules.Length)];
    }

    /// <summary>By id: policies in their order, rules in the order of the document.</summary>
    public ImmutableArray<RuleCompiled> Rules { get; }

    /// <summary>Documents of the tools dialect judge by themselves and are left out.</summary>
    public static RuleIndex Of(ImmutableArray<PolicyCompiled> policies)
    {
        var rules = ImmutableArray.CreateBuilder<RuleCompiled>();
        var owners = ImmutableArray.CreateBuilder<int>();
        for (var p = 0; p < policies.Length; p++)
        {
            if (policies[p].Tools is null)
            {
                rules.AddRange(policies[p].Rules);
                owners.AddRange(Enumerable.Repeat(p, policies[p].Rules.Length));
            }
        }

        return Of(rules.ToImmutable(), owners.ToImmutable());
    }

    /// <summary>The place of the rule's policy among those the index was made of.</summary>
    public int PolicyOf(int rule) => _policies[rule];

    /// <summary>Adds the rules to try on an access: every one that matches it or fails on it, and some more.</summary>
    public void Collect(AccessView access, ref IdList ids)
    {
        var action = access.Access.Action;
        if (_actions.TryGetValue(action, out var known))
        {
            known.Collect(access, ref ids);
            if (action.StartsWith(Invoke, StringComparison.Ordinal))
            {
                _anyTool.Collect(access, ref ids);
            }
        }
        else if (action.StartsWith(Invoke, StringComparison.Ordinal) && System.Text.Ascii.IsValid(action) && !_named.Contains(action))
        {
            _anyTool.Collect(access, ref ids);
        }
        else
        {
            // An action that no client of ours sends, or one in another spelling.
            ids.AddRange(_all.AsSpan());
        }
    }

    private static RuleIndex Of(ImmutableArray<RuleCompiled> rules, ImmutableArray<int> owners)
    {
        var byTool = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase);
        var known = ActionCatalogue.Known.ToDictionary(a => a, _ => new List<int>(), StringComparer.Ordinal);
        var wild = new List<int>();
        for (var id = 0; id < rules.Length; id++)
        {
            foreach (var tool in rules[id].Actions.Select(a => a.Literal).OfType<string>().Where(a => a.StartsWith(Invoke, StringComparison.OrdinalIgnoreCase)).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (!byTool.TryGetValue(tool, out var list))
                {
                    byTool[tool] = list = [];
                }

                list.Add(id);
            }

            if (rules[id].Actions.Any(a => a.Literal is null))
            {
                wild.Add(id);
            }

            foreach (var (action, list) in known)
            {
                if (rules[id].IsForAction(action, subtree: false) || rules[id].IsForAction(action, subtree: true))
                {
                    list.Add(id);
                }
            }
        }

        var actions = known.Concat(byTool)
            .ToFrozenDictionary(e => e.Key, e => ActionIndex.Of(ResourceKindOf.Action(e.Key), [.. e.Value], rules), StringComparer.Ordinal);
        return new RuleIndex(rules, owners, actions, byTool.Keys.Concat(known.Keys).ToFrozenSet(StringComparer.OrdinalIgnoreCase), ActionIndex.Of(ResourceKinds.Text, [.. wild], rules));
    }
}
