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
    private readonly AccessView[] _accesses;

    /// <summary>The hook understood every command of the line, so that only programs that it found can run.</summary>
    private readonly bool _isUnderstood;
    private HashSet<string>? _programs;

    public FloorCommands(FloorCompiled floor, VitalFolders vital, AccessView[] accesses)
    {
        (_floor, _accesses) = (floor, accesses);
        _vital = vital;
        _destructive = new DestructiveCommands(_vital);

        // The hook resolves the words of a line against the folder it runs in; `rm -rf ..` is told by where `..` leads.
        var (hasOpaque, hasCommand) = (false, false);
        foreach (var access in accesses)
        {
            hasOpaque |= access.IsOpaque;
            hasCommand |= access.Command is not null;
            _relativeMeansVital |= access.Access.Action == ActionPattern.DeleteFile && access.Generous.Any(s => _vital.Contains(s.Path!));
        }

        _isUnderstood = hasCommand && !hasOpaque;
    }

    /// <summary>What forbids the line or command, or null.</summary>
    public FloorVerdict? Judge(RequestedAccess access)
    {
        // A function that calls itself is never understood, so a bomb in a line that is must be text.
        if (!_isUnderstood && DestructiveCommands.JudgeForkBomb(access.Resource) is { } bomb)
        {
            return bomb;
        }

        if (GuardAddresses.StandsIn(access.Resource, _floor.Authorities))
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
            if (Runs(command, access) && Judge(command, here) is { } verdict)
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

    private bool Runs(RoughCommand command, RequestedAccess access)
    {
        if (!_isUnderstood || !access.Primary || command.Words.IsEmpty)
        {
            return true;
        }

        _programs ??= _accesses.Select(a => a.Command).OfType<RequestedCommand>().Select(c => c.Program).ToHashSet(StringComparer.Ordinal);
        return _programs.Contains(command.Program);
    }

    private FloorVerdict? Judge(RoughCommand command, bool here) =>
        _destructive.Judge(command, here, _relativeMeansVital)
        ?? AgentClientCommands.Judge(command)
        ?? GuardCommands.Judge(command)
        ?? (NamesGateway(command) ? FloorJudge.GatewayVerdict : default(FloorVerdict?))
        ?? (NamesProtectedFile(command) ? FloorJudge.FilesVerdict : default(FloorVerdict?));

    // Host and port as words of their own: `nc localhost 8765`.
    private bool NamesGateway(RoughCommand command)
    {
        for (var i = 1; i + 1 < command.Words.Length && !_floor.Authorities.IsEmpty; i++)
        {
            var port = command.Words[i + 1];
            if (port.Length is > 0 and <= 5 && port.All(char.IsAsciiDigit) && GuardAddresses.StandsIn($"{command.Words[i]}:{port}", _floor.Authorities))
            {
                return true;
            }
        }

        return false;
    }

    private bool NamesProtectedFile(RoughCommand command)
    {
        if (_floor.Protected.IsEmpty)
        {
            return false;
        }

        foreach (var word in command.Words)
        {
            var sign = word.LastIndexOfAny(['=', ':', '@']);
            if (IsProtectedFile(word) || (sign >= 0 && IsProtectedFile(word[(sign + 1)..])))
            {
                return true;
            }
        }

        return command.RedirectedTo.Any(IsProtectedFile);
    }

    private bool IsProtectedFile(string word) =>
        VitalFolders.MayExpand(word) && _vital.Expand(word).Select(AbsolutePath.Parse).OfType<AbsolutePath>().Any(path => _floor.Protected.Any(p => path.IsAtOrBelow(p, ignoreCase: true)));
}
