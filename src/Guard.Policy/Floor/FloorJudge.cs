using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>A rule of the floor that forbids an access.</summary>
internal readonly record struct FloorVerdict(string Rule, string Reason);

/// <summary>Judges accesses by the floor.</summary>
internal sealed class FloorJudge(FloorCompiled floor, EvaluationRequest request)
{
    /// <summary>What forbids the access, or null.</summary>
    public FloorVerdict? Judge(AccessView access, ICollection<string> errors)
    {
        if (access.Kind == ResourceKinds.File)
        {
            return JudgeFile(access, errors);
        }

        return null;
    }

    private FloorVerdict? JudgeFile(AccessView access, ICollection<string> errors)
    {
        if (access.Access.Unknown)
        {
            return null;
        }

        if (ConcernsProtectedFile(access))
        {
            return new FloorVerdict("guard-files", "Guard's own files, socket and programs are out of reach for agents. Use the `guard` command yourself.");
        }

        if (IsLifted(access) || SessionResults.Holds(access, request))
        {
            return null;
        }

        foreach (var rule in floor.Policy.Rules)
        {
            var trial = RuleTrial.Of(floor.Policy, rule, access, request, explain: false);
            if (trial.Error is { } error)
            {
                errors.Add(error);
            }

            if (trial.Matched)
            {
                return new FloorVerdict(rule.Definition.Id, rule.Definition.Reason ?? "The floor forbids it.");
            }
        }

        return null;
    }

    private bool ConcernsProtectedFile(AccessView access) =>
        access.Generous.Any(s => floor.Protected.Any(p => s.Path!.IsAtOrBelow(p, ignoreCase: true) || (s.Subtree && p.IsAtOrBelow(s.Path, ignoreCase: true))));

    private bool IsLifted(AccessView access) =>
        access.Uncoverable is null && access.Exact.All(s => floor.Lifted.Any(l => s.Path!.IsAtOrBelow(l, ignoreCase: false)));
}
