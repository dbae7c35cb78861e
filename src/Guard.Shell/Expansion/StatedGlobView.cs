namespace Guard.Shell.Expansion;

/// <summary>A tree that is written down: absolute paths of files, and of folders with a final slash. Parents exist by themselves.</summary>
public sealed class StatedGlobView : IGlobView
{
    private readonly Dictionary<string, SortedSet<string>> _folders = new(StringComparer.Ordinal) { ["/"] = new(StringComparer.Ordinal) };

    public StatedGlobView(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!path.StartsWith('/'))
                throw new ArgumentException($"A stated path must be absolute: {path}", nameof(paths));
            Add(path.TrimEnd('/'), isFolder: path.EndsWith('/'));
        }
    }

    public IReadOnlyList<string>? List(string directory) =>
        _folders.TryGetValue(PathText.Normalize(directory), out var names) ? [.. names] : null;

    public bool Exists(string path)
    {
        var normal = PathText.Normalize(path);
        if (_folders.ContainsKey(normal))
            return true;
        var slash = normal.LastIndexOf('/');
        var parent = slash == 0 ? "/" : normal[..slash];
        return !path.EndsWith('/') && _folders.TryGetValue(parent, out var names) && names.Contains(normal[(slash + 1)..]);
    }

    public bool IsDirectory(string path) => _folders.ContainsKey(PathText.Normalize(path));

    private void Add(string path, bool isFolder)
    {
        if (path.Length == 0)
            return;
        var slash = path.LastIndexOf('/');
        var parent = slash == 0 ? "/" : path[..slash];
        if (!_folders.ContainsKey(parent))
            Add(parent, isFolder: true);
        _folders[parent].Add(path[(slash + 1)..]);
        if (isFolder)
            _folders.TryAdd(path, new SortedSet<string>(StringComparer.Ordinal));
    }
}
