using System.Collections.Frozen;
using System.Collections.Immutable;
using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy.Indexing;

/// <summary>
/// The rules that one action can concern, by what their conditions need: a literal text in the resource, a program, or nothing.
/// It gives every rule that matches an access or fails on it, and some more; rules are tried all the same. Immutable.
/// </summary>
internal sealed class ActionIndex
{
    private readonly ResourceKinds _kind;
    private readonly ImmutableArray<int> _all;
    private readonly ImmutableArray<int> _always;

    /// <summary>Deny, approve and ask rules that are tried on a subtree however it was looked through.</summary>
    private readonly ImmutableArray<int> _onSubtrees;
    private readonly FrozenDictionary<string, ImmutableArray<int>> _programs;
    private readonly LiteralIndex _literals;

    private ActionIndex(ResourceKinds kind, ImmutableArray<int> all, ImmutableArray<int> always, ImmutableArray<int> onSubtrees, FrozenDictionary<string, ImmutableArray<int>> programs, LiteralIndex literals) =>
        (_kind, _all, _always, _onSubtrees, _programs, _literals) = (kind, all, always, onSubtrees, programs, literals);

    /// <param name="kind">Of the action's resources.</param>
    /// <param name="ids">The rules, ascending.</param>
    /// <param name="rules">By id.</param>
    public static ActionIndex Of(ResourceKinds kind, ImmutableArray<int> ids, ImmutableArray<RuleCompiled> rules)
    {
        var always = ImmutableArray.CreateBuilder<int>();
        var onSubtrees = ImmutableArray.CreateBuilder<int>();
        var programs = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase);
        var literals = new List<(string, int)>();
        foreach (var id in ids)
        {
            var rule = rules[id];
            if (rule.Command?.LiteralPrograms is { } names)
            {
                foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
                {
                    ListOf(programs, name).Add(id);
                }
            }
            else if (rule.Resource?.Needles(kind, rule.IsGenerous) is { } needles)
            {
                literals.AddRange(needles.Select(n => (n, id)));
            }
            else
            {
                always.Add(id);
            }

            if (rule is { IsGenerous: true, WalkNames: null, Resource: not null })
            {
                onSubtrees.Add(id);
            }
        }

        return new ActionIndex(
            kind,
            ids,
            always.ToImmutable(),
            onSubtrees.ToImmutable(),
            programs.ToFrozenDictionary(p => p.Key, p => p.Value.ToImmutableArray(), StringComparer.OrdinalIgnoreCase),
            LiteralIndex.Of(literals));
    }

    /// <summary>Adds the rules to try on an access.</summary>
    public void Collect(AccessView access, ref IdList ids)
    {
        if (!Scans(access))
        {
            ids.AddRange(_all.AsSpan());
            return;
        }

        ids.AddRange(_always.AsSpan());
        if (access.Access.Subtree)
        {
            ids.AddRange(_onSubtrees.AsSpan());
        }

        if (access.Command is { } command && _programs.Count > 0 && _programs.TryGetValue(command.Program, out var programs))
        {
            ids.AddRange(programs.AsSpan());
        }

        Scan(access, ref ids);
    }

    // What is not known in full, or is compared in another form than the one looked through, is tried on every rule.
    private bool Scans(AccessView access)
    {
        var stated = access.Access;
        if (stated.Unknown || access.Kind != _kind || (stated.Subtree && !access.IsWalked) || !access.Beginnings.IsEmpty || (access.Command is { } command && !System.Text.Ascii.IsValid(command.Program)))
        {
            return false;
        }

        foreach (var spelling in access.Generous)
        {
            if (IsOdd(spelling.Text) || spelling.Path?.Text.Length > AbsolutePath.MaxLength)
            {
                return false;
            }
        }

        return true;
    }

    private void Scan(AccessView access, ref IdList ids)
    {
        var last = _kind == ResourceKinds.Command ? ' ' : '\0';
        foreach (var spelling in access.Generous)
        {
            if (_kind is ResourceKinds.Web or ResourceKinds.Network)
            {
                ScanNames(spelling, ref ids);
            }

            _literals.Collect(spelling.Text, last, ref ids);
            if (!System.Text.Ascii.IsValid(spelling.Text))
            {
                _literals.Collect(spelling.Path?.Composed.Text ?? TextForm.Composed(spelling.Text), last, ref ids);
            }
        }
    }

    // What stands in the text itself is found there.
    private void ScanNames(Spelling spelling, ref IdList ids)
    {
        foreach (var name in spelling.GenerousNames)
        {
            Scan(name, spelling.Text, ref ids);
        }

        if (spelling.Host() is { } host)
        {
            Scan(host.Host, spelling.Text, ref ids);
        }

        if (spelling.Address is { } address)
        {
            Scan(address.Canonical, spelling.Text, ref ids);
        }
    }

    private void Scan(string name, string text, ref IdList ids)
    {
        if (!text.Contains(name, StringComparison.OrdinalIgnoreCase))
        {
            _literals.Collect(name, '\0', ref ids);
        }
    }

    /// <summary>Characters beyond ASCII that fold into it would be missed by a scan: U+0130, U+0131, U+017F, U+212A.</summary>
    private static bool IsOdd(string? text) => text is not null && text.AsSpan().ContainsAny(['\u0130', '\u0131', '\u017f', '\u212a']);

    private static List<int> ListOf(Dictionary<string, List<int>> map, string key)
    {
        if (!map.TryGetValue(key, out var list))
        {
            map[key] = list = [];
        }

        return list;
    }
}
