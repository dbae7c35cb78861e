using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;
using Guard.Policy.Indexing;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>A rule of the floor that forbids an access.</summary>
internal readonly record struct FloorVerdict(string Rule, string Reason);

/// <summary>Judges accesses by the floor.</summary>
/// <param name="floor">The floor.</param>
/// <param name="request">The call.</param>
/// <param name="accesses">Of the call.</param>
/// <param name="anchors">Of the request.</param>
/// <param name="everyRule">Try every rule, not only those that the index gives.</param>
internal sealed class FloorJudge(FloorCompiled floor, EvaluationRequest request, AccessView[] accesses, PathAnchors anchors, bool everyRule)
{
    private const int FewIds = 32;

    public static readonly FloorVerdict FilesVerdict =
        new("guard-files", "Guard's own files, socket and programs are out of reach for agents. Use the `guard` command yourself.");

    public static readonly FloorVerdict GatewayVerdict =
        new("guard-api", "Guard's own API is out of reach for agents. Use the `guard` command yourself.");

    // Made at first use: most calls delete nothing and are no command.
    private VitalFolders? _vital;
    private FloorCommands? _commands;

    private VitalFolders Vital => _vital ??= new VitalFolders(request, anchors);

    /// <summary>What forbids the access, or null.</summary>
    public FloorVerdict? Judge(AccessView access, EvaluationErrors errors)
    {
        if (access.Access.Unknown)
        {
            return null;
        }

        try
        {
            return access.Kind switch
            {
                ResourceKinds.File => JudgeFile(access, errors),
                ResourceKinds.Command => (_commands ??= new FloorCommands(floor, Vital, accesses)).Judge(access.Access),
                ResourceKinds.Web or ResourceKinds.Network when ReachesGateway(access) => GatewayVerdict,
                _ => null,
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            errors.Add($"policy {Floor.PolicyName}: {e.Message}");
            return new FloorVerdict("error", "The floor could not be checked for this call, so it is refused.");
        }
    }

    private FloorVerdict? JudgeFile(AccessView access, EvaluationErrors errors)
    {
        foreach (var spelling in access.Generous)
        {
            if (spelling.Path!.Text.Length > AbsolutePath.MaxLength)
            {
                return new FloorVerdict("limit", "The path is longer than any file's can be.");
            }
        }

        if (access.Access is { Action: ActionPattern.DeleteFile, Inert: false } && access.Generous.Any(s => Vital.Contains(s.Path!)))
        {
            return DestructiveCommands.WipeVerdict;
        }

        if (ConcernsProtectedFile(access))
        {
            return FilesVerdict;
        }

        if (IsLifted(access) || SessionResults.Holds(access, request))
        {
            return null;
        }

        var ids = new IdList(stackalloc int[FewIds]);
        if (everyRule)
        {
            ids.AddRange([.. Enumerable.Range(0, floor.Index.Rules.Length)]);
        }
        else
        {
            floor.Index.Collect(access, ref ids);
        }

        FloorVerdict? verdict = null;
        foreach (var id in ids.Distinct())
        {
            var rule = floor.Index.Rules[id];
            var trial = RuleTrial.Of(floor.Policy, rule, access, request, explain: false);
            if (trial.Error is { } error)
            {
                errors.Add(error);
            }

            if (trial.Matched)
            {
                verdict = new FloorVerdict(rule.Definition.Id, rule.Definition.Reason ?? "The floor forbids it.");
                break;
            }
        }

        ids.Dispose();
        return verdict;
    }

    private bool ReachesGateway(AccessView access)
    {
        foreach (var spelling in access.Generous)
        {
            if (GuardAddresses.Reaches(spelling, floor.Authorities))
            {
                return true;
            }
        }

        return false;
    }

    private bool ConcernsProtectedFile(AccessView access) =>
        !floor.Protected.IsEmpty && access.Generous.Any(s => floor.Protected.Any(p => s.Path!.IsAtOrBelow(p, ignoreCase: true) || (s.Subtree && !access.IsWalked && p.IsAtOrBelow(s.Path, ignoreCase: true))));

    private bool IsLifted(AccessView access) =>
        !floor.Lifted.IsEmpty && access.Uncoverable is null && access.Exact.All(s => floor.Lifted.Any(l => s.Path!.IsAtOrBelow(l, ignoreCase: false)));
}
