using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>A rule of the floor that forbids an access.</summary>
internal readonly record struct FloorVerdict(string Rule, string Reason);

/// <summary>Judges accesses by the floor.</summary>
internal sealed class FloorJudge(FloorCompiled floor, EvaluationRequest request, IReadOnlyList<AccessView> accesses)
{
    public static readonly FloorVerdict FilesVerdict =
        new("guard-files", "Guard's own files, socket and programs are out of reach for agents. Use the `guard` command yourself.");

    public static readonly FloorVerdict GatewayVerdict =
        new("guard-api", "Guard's own API is out of reach for agents. Use the `guard` command yourself.");

    private readonly VitalFolders _vital = new(request);
    private readonly FloorCommands _commands = new(floor, request, accesses);

    /// <summary>What forbids the access, or null.</summary>
    public FloorVerdict? Judge(AccessView access, ICollection<string> errors)
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
                ResourceKinds.Command => _commands.Judge(access.Access),
                ResourceKinds.Web or ResourceKinds.Network when GuardAddresses.Reaches(access.Access.Resource, floor.Authorities, anywhere: false) => GatewayVerdict,
                _ => null,
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            errors.Add($"policy {Floor.PolicyName}: {e.Message}");
            return new FloorVerdict("error", "The floor could not be checked for this call, so it is refused.");
        }
    }

    private FloorVerdict? JudgeFile(AccessView access, ICollection<string> errors)
    {
        if (access.Generous.Any(s => s.Path!.Text.Length > AbsolutePath.MaxLength))
        {
            return new FloorVerdict("limit", "The path is longer than any file's can be.");
        }

        if (access.Access is { Action: ActionPattern.DeleteFile, Inert: false } && access.Generous.Any(s => _vital.Contains(s.Path!)))
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
        access.Generous.Any(s => floor.Protected.Any(p => s.Path!.IsAtOrBelow(p, ignoreCase: true) || (s.Subtree && !access.IsWalked && p.IsAtOrBelow(s.Path, ignoreCase: true))));

    private bool IsLifted(AccessView access) =>
        access.Uncoverable is null && access.Exact.All(s => floor.Lifted.Any(l => s.Path!.IsAtOrBelow(l, ignoreCase: false)));
}
