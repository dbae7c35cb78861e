using System.Collections.Immutable;
using Guard.Policy.Cel;
using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Tools;

/// <summary>What one entry decides about an access.</summary>
/// <param name="Rule">With the message of this call as its reason.</param>
/// <param name="IsUncertain">Only because a fact is missing that the client should have stated.</param>
/// <param name="Because">For people.</param>
/// <param name="Error">What went wrong in an expression, or null.</param>
internal sealed record ToolOutcome(RuleCompiled Rule, bool IsUncertain, string Because, string? Error);

/// <summary>Judges one call by one document of the tools dialect. Used by one thread.</summary>
internal sealed class ToolsJudge
{
    private readonly PolicyCompiled _policy;
    private readonly ToolsCompiled _tools;
    private readonly EvaluationRequest _request;
    private readonly ImmutableArray<AccessView> _accesses;
    private readonly AccessView _own;
    private readonly ImmutableArray<ToolEntry> _ofCall;
    private readonly bool _isSingleCommand;

    // Filled at first use: derived accesses share it.
    private ImmutableArray<ToolOutcome>? _call;

    public ToolsJudge(PolicyCompiled policy, ToolsCompiled tools, EvaluationRequest request, ImmutableArray<AccessView> accesses)
    {
        (_policy, _tools, _request, _accesses) = (policy, tools, request, accesses);
        _own = accesses.FirstOrDefault(a => a.Access.Primary) ?? accesses[0];
        _ofCall = [.. tools.Entries.Where(e => e.HoldsCall(request.Tool?.Name, _own.Access.Action))];
        _isSingleCommand = accesses.Count(a => !a.Access.Primary && a.Access.Action is "execute:shell" or "execute:opaque") <= 1;
    }

    /// <summary>Everything the document says of the access; empty: no opinion.</summary>
    public ImmutableArray<ToolOutcome> Judge(AccessView access)
    {
        var outcomes = ImmutableArray.CreateBuilder<ToolOutcome>();
        if (IsOwn(access))
        {
            outcomes.AddRange(JudgeOwn(access));
        }
        else
        {
            // The call's outcome stands for everything it causes; entries about that kind of access can make it stricter.
            outcomes.AddRange(OfCall());
            foreach (var entry in _tools.Entries.Where(e => e.Server is null && !_ofCall.Contains(e)))
            {
                if (ToolFamilies.HoldsAccess(entry.Family, access.Access.Action))
                {
                    outcomes.AddRange(Run(entry, access, Texts(access), own: false));
                }
                else if (ToolFamilies.OnlyForbids(entry.Family, access.Access.Action))
                {
                    outcomes.AddRange(Run(entry, access, Texts(access), own: false).Where(o => o.Rule.IsGenerous));
                }
            }

            foreach (var entry in _ofCall.Where(e => e.Server is null && IsRelated(e, access)))
            {
                outcomes.AddRange(Run(entry, access, Texts(access), own: false).Where(o => o.Rule.IsGenerous));
            }
        }

        return [.. outcomes.Where(o => o.Rule.IsGenerous || IsCoverable(access)).DistinctBy(o => (o.Rule.Definition.Id, o.IsUncertain, o.Error))];
    }

    // A call of the family causes accesses of the family's kind besides its own: `Edit` reads what it changes.
    private bool IsRelated(ToolEntry entry, AccessView access) =>
        ToolFamilies.HoldsAccess(entry.Family, access.Access.Action) || ToolFamilies.OnlyForbids(entry.Family, access.Access.Action);

    private bool IsOwn(AccessView access) =>
        ReferenceEquals(access, _own) || (_own.Access.Action == "execute:shell" && access.Access.Action == "execute:shell");

    // What cannot be known, opaque commands and code are covered by no allow of this dialect.
    private static bool IsCoverable(AccessView access) => !access.IsBeyondDefaultAllow && !access.Access.Unknown;

    // The strongest of what is certain, and what a missing fact may add to it.
    private ImmutableArray<ToolOutcome> OfCall()
    {
        if (_call is { } known)
        {
            return known;
        }

        var all = _accesses.Where(IsOwn).SelectMany(JudgeOwn).ToList();
        var strongest = all.Where(o => !o.IsUncertain).Select(o => o.Rule.Definition.Effect).DefaultIfEmpty(Effect.Allow).Max();
        _call = [.. all.Where(o => o.IsUncertain || o.Rule.Definition.Effect == strongest)];
        return _call.Value;
    }

    private IEnumerable<ToolOutcome> JudgeOwn(AccessView access)
    {
        if (_ofCall.IsEmpty)
        {
            // A default, which touches nothing that needs no allow.
            return _tools.Unlisted is { } unlisted && !access.Access.Inert ? [new ToolOutcome(unlisted, false, "the tool has no entry", null)] : [];
        }

        return _ofCall.SelectMany(entry => Run(entry, access, Texts(access), own: true));
    }

    /// <summary>One first-match run per text; a text is null where the input is taken as it is.</summary>
    private IEnumerable<ToolOutcome> Run(ToolEntry entry, AccessView access, IReadOnlyList<string?> texts, bool own)
    {
        var isExact = entry.NamesExactly(_request.Tool?.Name, _own.Access.Action);
        foreach (var text in texts)
        {
            foreach (var outcome in RunOne(entry, access, text, own))
            {
                if (isExact || outcome.Rule.IsGenerous)
                {
                    yield return outcome;
                }
            }
        }
    }

    /// <summary>
    /// INVARIANT (generosity never loosens): a condition that matches only by generosity, by an error or because it could
    /// mean something counts, but does not end the run: a stronger one behind it is heard as well.
    /// </summary>
    private IEnumerable<ToolOutcome> RunOne(ToolEntry entry, AccessView access, string? text, bool own)
    {
        var arguments = Arguments(access, text, own);
        var values = RuleVariables.Of(_request, access, text ?? access.Access.Resource, arguments);
        foreach (var condition in entry.Conditions)
        {
            var isAllow = !condition.Rule.IsGenerous;
            if (isAllow && access.Access is { Primary: true, Action: "execute:shell" } && !_isSingleCommand)
            {
                continue;
            }

            // What cannot be known is left to `shell.unresolved`.
            if (condition.ReadsInput && access.Access.Unknown)
            {
                continue;
            }

            // Nobody knows the names below a folder: a condition against some of them could mean one.
            if (condition.ReadsInput && access.Access.Subtree)
            {
                if (!isAllow)
                {
                    yield return Outcome(condition, access, arguments, null, "it could mean something in the folder");
                }

                continue;
            }

            var value = condition.When.Evaluate(values, !isAllow);
            if (value is CelError error)
            {
                if (!isAllow)
                {
                    yield return Outcome(condition, access, arguments, error, $"an error in its condition counts as a match: {error.Message}");
                }
            }
            else if (value == CelBool.True)
            {
                yield return Outcome(condition, access, arguments, null, "its condition is true");
                if (isAllow || condition.When.IsPlainlyTrue(values))
                {
                    yield break;
                }
            }
        }

        // What is only guessed at needs no approval for itself.
        if (entry.Otherwise.Definition.Effect == Effect.Allow || own || !access.Access.Inert)
        {
            yield return new ToolOutcome(entry.Otherwise, false, $"no condition of `{entry.Name}` ends the run", null);
        }
    }

    private ToolOutcome Outcome(ToolCondition condition, AccessView access, CelValue? arguments, CelError? error, string because)
    {
        var id = condition.Rule.Definition.Id;
        var missing = error is not null && RuleVariables.ReadsMissingFact(condition.When.Program, _request.Context);
        var rule = condition.Message is not { } message
            ? condition.Rule
            : condition.Rule with { Definition = condition.Rule.Definition with { Reason = message.Fill(arguments, access.Access.Action, access.ShownResource, _request.Agent.Name, id) } };
        return new ToolOutcome(rule, missing, because, error is null || missing ? null : $"policy {_policy.Name}, rule {id}: `expression` at character {error.Offset + 1}: {error.Message}");
    }

    /// <summary>The texts of the access that are judged each on its own.</summary>
    private IReadOnlyList<string?> Texts(AccessView access) => access.Access.Action switch
    {
        "execute:shell" => [.. access.Generous.Select(s => s.Text).Distinct(StringComparer.Ordinal)],
        "read:file" or "write:file" or "delete:file" => [.. access.Generous.Select(s => s.Text).Prepend(Written(access)).OfType<string>().Distinct(StringComparer.Ordinal)],
        "read:web_fetch" or "read:web_browse" when access.Generous is [{ Address.Canonical: var canonical }] && canonical != access.Access.Resource => [null, canonical],
        _ => [null],
    };

    // As the client wrote it: the path may be relative.
    private string? Written(AccessView access) =>
        ReferenceEquals(access, _own) && (_request.Tool?.Arguments as CelMap)?.Find("path") is CelString path ? path.Value : null;

    private CelValue? Arguments(AccessView access, string? text, bool own)
    {
        var member = access.Access.Action switch
        {
            "execute:shell" => "command",
            "read:file" or "write:file" or "delete:file" => "path",
            "read:web_fetch" or "read:web_browse" or "write:web" => "url",
            "read:web_search" => "query",
            _ => null,
        };
        var stated = own ? _request.Tool?.Arguments : null;
        if (member is null || stated is CelError)
        {
            return stated;
        }

        if (stated is CelMap map && text is null)
        {
            return map;
        }

        var value = new CelString(text ?? access.Access.Resource);
        if (!CelString.IsWellFormed(value.Value))
        {
            return new CelError("the text holds half a character");
        }

        var entries = stated is CelMap whole ? whole : CelMap.Empty;
        return member == "path" ? entries.With("path", value).With("file_path", value) : entries.With(member, value);
    }
}
