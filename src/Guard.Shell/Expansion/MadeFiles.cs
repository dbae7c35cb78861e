namespace Guard.Shell.Expansion;

/// <summary>
/// Files beside those that a view shows: what a line has made before a pattern is expanded. Whether they are there then is not known, so a pattern that may match
/// one is not known either.
/// </summary>
internal sealed class MadeFiles
{
    /// <summary>Beyond this many any pattern may match one: each pattern is held against each of them.</summary>
    private const int MaxNames = 64;

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>There are too many to be told apart.</summary>
    public bool IsAny => _paths.Count + _names.Count > MaxNames;

    /// <param name="path">As it is written.</param>
    /// <param name="folder">What it is relative to; null: not known.</param>
    public void Add(string path, string? folder)
    {
        if (IsAny)
            return;
        if (path.StartsWith('/'))
            _paths.Add(PathText.Normalize(path));
        else if (folder is not null)
            _paths.Add(PathText.Normalize(folder + "/" + path));
        else
            _names.Add(path[(path.TrimEnd('/').LastIndexOf('/') + 1)..].TrimEnd('/'));
    }

    /// <summary>A name that is somewhere.</summary>
    public void AddAnywhere(string name)
    {
        if (!IsAny)
            _names.Add(name);
    }

    /// <summary>What may have come into a folder.</summary>
    public IEnumerable<string> NamesIn(string folder)
    {
        foreach (var name in _names)
            yield return name;
        var below = PathText.Normalize(folder).TrimEnd('/') + "/";
        foreach (var path in _paths)
        {
            // Folders on the way may be new as well.
            if (path.StartsWith(below, StringComparison.Ordinal))
                yield return path.IndexOf('/', below.Length) is > 0 and var end ? path[below.Length..end] : path[below.Length..];
        }
    }

    public bool MayHold(string path)
    {
        var normal = PathText.Normalize(path);
        return _paths.Contains(normal) || _names.Contains(normal[(normal.LastIndexOf('/') + 1)..]);
    }
}
