using System.Text;

namespace Guard.Agents.Paths;

/// <summary>
/// A file tree that somebody states: folders, files and symbolic links. Everything not stated is missing, and the folders
/// above a stated entry exist.
/// </summary>
public sealed class StatedPathView : IPathView
{
    private readonly Dictionary<string, string?> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal) { "/" };
    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>Adds a file at an absolute path.</summary>
    public StatedPathView AddFile(string path) => Add(path, null);

    /// <summary>Adds a folder at an absolute path.</summary>
    public StatedPathView AddFolder(string path)
    {
        for (var at = path.TrimEnd('/'); at.Length > 0; at = at[..at.LastIndexOf('/')]) _folders.Add(at);
        return this;
    }

    /// <summary>Adds a symbolic link at an absolute path.</summary>
    public StatedPathView AddLink(string path, string target) => Add(path, target);

    /// <summary>Adds an entry that may not be looked at.</summary>
    public StatedPathView AddUnreadable(string path)
    {
        _unreadable.Add(path);
        return Add(path, null);
    }

    /// <inheritdoc/>
    public PathEntry Look(string path)
    {
        if (_unreadable.Contains(path)) return new PathEntry(PathEntryKind.Unreadable);
        if (_entries.TryGetValue(path, out var target))
        {
            return target is null ? new PathEntry(PathEntryKind.Present) : new PathEntry(PathEntryKind.Link, target);
        }

        if (_folders.Contains(path)) return new PathEntry(PathEntryKind.Present);
        var parent = path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";
        return _entries.ContainsKey(parent) ? new PathEntry(PathEntryKind.Unreadable) : new PathEntry(PathEntryKind.Missing);
    }

    /// <inheritdoc/>
    public PathEntryForm FormOf(string path)
    {
        if (PathResolver.Resolve(this, path).Real is not { } real) return PathEntryForm.Unknown;
        return _folders.Contains(real) ? PathEntryForm.Folder : _entries.ContainsKey(real) ? PathEntryForm.File : PathEntryForm.Missing;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FolderEntry>? Entries(string folder, int most)
    {
        if (PathResolver.Resolve(this, folder).Real is not { } real || !_folders.Contains(real)) return null;
        var below = real == "/" ? "/" : real + "/";
        return
        [
            .. _entries.Keys.Concat(_folders)
                .Where(p => p.Length > below.Length && p.StartsWith(below, StringComparison.Ordinal) && !p.AsSpan(below.Length).Contains('/'))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(most + 1)
                .Select(p => new FolderEntry(p[below.Length..], FormOf(p) == PathEntryForm.Folder)),
        ];
    }

    /// <inheritdoc/>
    public byte[]? Bytes(string path, int most) =>
        PathResolver.Resolve(this, path).Real is { } real && _contents.TryGetValue(real, out var bytes) && bytes.Length <= most ? bytes : null;

    /// <summary>Adds a file with its text.</summary>
    public StatedPathView AddText(string path, string text) => AddBytes(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Adds a file with what it holds.</summary>
    public StatedPathView AddBytes(string path, byte[] bytes)
    {
        _contents[path] = bytes;
        return AddFile(path);
    }

    private StatedPathView Add(string path, string? target)
    {
        _entries[path] = target;
        AddFolder(path[..path.LastIndexOf('/')]);
        return this;
    }
}
