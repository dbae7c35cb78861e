using Guard.Shell.Analysis;
using Guard.Shell.Effects;

namespace Guard.Shell.Lines;

/// <summary>What stands at a path where the line itself may have changed that: the place is looked at before the line runs.</summary>
/// <remarks>No branch is decided, so what a command would make may be there or not.</remarks>
internal sealed class ChangedForms
{
    /// <summary>Folders that are changed below beyond which nothing is known of any path.</summary>
    private const int MaxTrees = 256;

    private readonly Dictionary<string, bool> _isFile = new(StringComparer.Ordinal);
    private readonly List<string> _trees = [];

    // What was asked about and in which turn last; one that lasts stays.
    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);
    private bool _isAsked;
    private bool _isAskedForLater;
    private long _askedLast;
    private bool _anywhere;

    /// <summary>
    /// The turn of the command that asks and changes now, <see cref="ShellStep.Turn"/> made distinct for every text of the line.
    /// </summary>
    public long Turn { get; set; }

    /// <summary>An answer was given that a command further on makes doubtful, which may have run before: both are of one loop or pipeline, or what asked runs at any time.</summary>
    public bool IsDoubtful { get; private set; }

    /// <summary>An answer was given that a command further on makes doubtful if it runs before, for whatever reason.</summary>
    public bool WasAskedTooEarly { get; private set; }

    /// <summary>What a program writes and deletes.</summary>
    /// <param name="effects">Of the program.</param>
    /// <param name="folder">What its paths are relative to; null: not known.</param>
    /// <param name="before">What was there before the line.</param>
    public void Note(CommandEffects effects, string? folder, PathProbe before)
    {
        bool? makesFiles = null;
        for (var i = 0; i < effects.Effects.Count; i++)
        {
            var effect = effects.Effects[i];
            if (effect.Action is not (EffectAction.WriteFile or EffectAction.DeleteFile) || effect.Guessed)
                continue;
            var path = effect.Unknown || effect.Resource.Contains(Argument.Hole) ? null : PathPlace.Absolute(effect.Resource, folder);
            if (path is not null && PathPlace.IsStream(path))
                continue;

            // A file that is gone is none of the folders that matter here.
            if (effect is { Action: EffectAction.DeleteFile, Subtree: false } && path is not null && before(path) != PathForm.Directory)
                continue;
            var isFile = effect is { Action: EffectAction.WriteFile, Subtree: false, OnTheWay: false } && (makesFiles ??= MakesFiles(effects, folder, before));
            Change(path, isFile, effect.Subtree);
        }
    }

    /// <param name="path">Absolute; null: not known.</param>
    /// <param name="isFile">It is a file if it is there at all and was no folder before.</param>
    /// <param name="tree">Anything below it may be changed.</param>
    public void Change(string? path, bool isFile, bool tree)
    {
        if (path is null || _trees.Count == MaxTrees)
        {
            WasAskedTooEarly |= _isAsked && !_anywhere;
            IsDoubtful |= !_anywhere && (_isAskedForLater || (_isAsked && MayComeBefore(_askedLast)));
            _anywhere = true;
            return;
        }

        if (tree && !_trees.Contains(path))
        {
            foreach (var (asked, turn) in _asked)
            {
                if (IsBelow(asked, path))
                    Doubt(turn);
            }

            _trees.Add(path);
        }

        var isNew = !_isFile.TryGetValue(path, out var before);
        _isFile[path] = isFile && (isNew || before);
        if ((isNew || before != _isFile[path]) && _asked.TryGetValue(path, out var at))
            Doubt(at);
    }

    public PathForm FormOf(string path, PathProbe before)
    {
        if (_anywhere)
            return PathForm.Unknown;
        _isAsked = true;
        _isAskedForLater |= Turn == ShellStep.AnyTimeLater;
        _askedLast = Turn;
        if (!_asked.TryGetValue(path, out var turn) || turn != ShellStep.AnyTimeLater)
            _asked[path] = Turn;
        if (_isFile.TryGetValue(path, out var isFile))
            return !isFile || IsInTree(path) ? PathForm.Unknown : before(path) == PathForm.Directory ? PathForm.Directory : PathForm.File;
        if (IsInTree(path))
            return PathForm.Unknown;
        return before(path);
    }

    /// <summary>What it writes are files: it copies or moves nothing else, and makes no folders.</summary>
    private bool MakesFiles(CommandEffects effects, string? folder, PathProbe before) => effects.Program switch
    {
        "mkdir" or "gmkdir" or "mktemp" or "ln" or "gln" or "git" => false,
        "cp" or "gcp" or "mv" or "gmv" or "install" or "ginstall" or "rsync" or "scp" => effects.Effects.Any(static e => e.Action == EffectAction.ReadFile) && effects.Effects.All(e =>
            e.Action is not (EffectAction.ReadFile or EffectAction.DeleteFile)
            || (!e.Unknown && !e.Resource.Contains(Argument.Hole) && PathPlace.Absolute(e.Resource, folder) is { } source && FormOf(source, before) == PathForm.File)),
        _ => true,
    };

    private void Doubt(long asked)
    {
        WasAskedTooEarly = true;
        IsDoubtful |= MayComeBefore(asked);
    }

    /// <summary>Whether the command that changes something now may come before one that asked already.</summary>
    private bool MayComeBefore(long asked) => asked == ShellStep.AnyTimeLater || (asked == Turn && asked != ShellStep.InOrder);

    private bool IsInTree(string path)
    {
        foreach (var tree in _trees)
        {
            if (IsBelow(path, tree))
                return true;
        }

        return false;
    }

    private static bool IsBelow(string path, string folder) =>
        folder == "/" || (path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/'));
}
