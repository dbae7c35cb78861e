using Guard.Policy.Compilation;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>
/// Judges command lines by the floor: each command that the hook found, and the line itself by a rough cut of its own, which needs
/// no hook to be right. Where the hook understood the whole line, the rough cut is only asked about programs that really run, so
/// that the text of a here-document is no command.
/// </summary>
internal sealed class FloorCommands
{
    private readonly FloorCompiled _floor;
    private readonly VitalFolders _vital;
    private readonly DestructiveCommands _destructive;
    private readonly bool _relativeMeansVital;
    private readonly HashSet<string>? _programs;

    public FloorCommands(FloorCompiled floor, VitalFolders vital, AccessView[] accesses)
    {
        _floor = floor;
        _vital = vital;
        _destructive = new DestructiveCommands(_vital);

        // The hook resolves the words of a line against the folder it runs in; `rm -rf ..` is told by where `..` leads.
        _relativeMeansVital = accesses.Any(a => a.Access.Action == ActionPattern.DeleteFile && a.Generous.Any(s => _vital.Contains(s.Path!)));
        _programs = accesses.Any(a => a.IsOpaque) || !accesses.Any(a => a.Command is not null)
            ? null
            : accesses.Select(a => a.Command).OfType<RequestedCommand>().Select(c => c.Program).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What forbids the line or command, or null.</summary>
    public FloorVerdict? Judge(RequestedAccess access)
    {
        // A function that calls itself is never understood, so a bomb in a line that is must be text.
        if (_programs is null && DestructiveCommands.JudgeForkBomb(access.Resource) is { } bomb)
        {
            return bomb;
        }

        if (GuardAddresses.Reaches(access.Resource, _floor.Authorities, anywhere: true))
        {
            return FloorJudge.GatewayVerdict;
        }

        if ((access.Words is { Count: > 0 } words ? RoughCommands.OfWords(words) : RoughCommands.OfLine(access.Resource)) is not { } commands)
        {
            return new FloorVerdict("limit", "The command line is too long or nested too deep to be looked through. Split it into several calls.");
        }

        var here = false;
        foreach (var command in commands)
        {
            var runs = _programs is null || !access.Primary || command.Words.IsEmpty || _programs.Contains(command.Program);
            if (runs && Judge(command, here) is { } verdict)
            {
                return verdict;
            }

            if (command.Program is "cd" or "pushd")
            {
                here = !command.Operands.Any() || _vital.IsMeantBy(command.Operands.First(), here);
            }
        }

        return null;
    }

    private FloorVerdict? Judge(RoughCommand command, bool here) =>
        _destructive.Judge(command, here, _relativeMeansVital)
        ?? AgentClientCommands.Judge(command)
        ?? GuardCommands.Judge(command)
        ?? (NamesProtectedFile(command) ? FloorJudge.FilesVerdict : null);

    private bool NamesProtectedFile(RoughCommand command) =>
        command.Words.Concat(command.RedirectedTo).Concat(command.Words.Select(AfterSign)).SelectMany(_vital.Expand)
            .Select(AbsolutePath.Parse).OfType<AbsolutePath>()
            .Any(path => _floor.Protected.Any(p => path.IsAtOrBelow(p, ignoreCase: true)));

    private static string AfterSign(string word)
    {
        var sign = word.LastIndexOfAny(['=', ':', '@']);
        return sign < 0 ? word : word[(sign + 1)..];
    }
}
