namespace Guard.Agents.Paths;

/// <summary>The file tree that paths are resolved in: the machine's own, or a stated one for suites and tests.</summary>
public interface IPathView
{
    /// <summary>Looks at one absolute path whose folders are already free of symbolic links.</summary>
    PathEntry Look(string path);

    /// <summary>Whether the path, symlinks followed, is an existing file that is not a folder.</summary>
    bool IsFile(string path);
}

/// <summary>What lies at a path.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Target">The text of a symbolic link; null for everything else.</param>
public readonly record struct PathEntry(PathEntryKind Kind, string? Target = null);

/// <summary>See <see cref="PathEntry"/>.</summary>
public enum PathEntryKind
{
    Missing,

    /// <summary>A file, a folder, or anything else that is not a symbolic link.</summary>
    Present,
    Link,

    /// <summary>It cannot be known: no permission, not a folder on the way, too long, a broken name.</summary>
    Unreadable,
}
