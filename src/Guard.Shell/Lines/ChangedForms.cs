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
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private bool _isAsked;
    private bool _anywhere;

    /// <summary>An answer was given that a command further on makes doubtful: a loop or a function may have run it first.</summary>
    public bool WasAskedTooEarly { get; private set; }

    /// <param name="path">Absolute; null: not known.</param>
    /// <param name="isFile">It is a file if it is there at all and was no folder before.</param>
    /// <param name="tree">Anything below it may be changed.</param>
    public void Change(string? path, bool isFile, bool tree)
    {
        if (path is null || _trees.Count == MaxTrees)
        {
            WasAskedTooEarly |= _isAsked && !_anywhere;
            _anywhere = true;
            return;
        }

        if (tree && !_trees.Contains(path))
        {
            WasAskedTooEarly |= _asked.Any(asked => IsBelow(asked, path));
            _trees.Add(path);
        }

        var isNew = !_isFile.TryGetValue(path, out var before);
        _isFile[path] = isFile && (isNew || before);
        WasAskedTooEarly |= (isNew || before != _isFile[path]) && _asked.Contains(path);
    }

    public PathForm FormOf(string path, PathProbe before)
    {
        if (_anywhere)
            return PathForm.Unknown;
        _isAsked = true;
        if (_isFile.TryGetValue(path, out var isFile))
            return !isFile || IsInTree(path) ? PathForm.Unknown : before(path) == PathForm.Directory ? PathForm.Directory : PathForm.File;
        if (IsInTree(path))
            return PathForm.Unknown;
        _asked.Add(path);
        return before(path);
    }

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
