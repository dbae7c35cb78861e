using System.Text;

namespace Guard.Agents.Paths;

/// <summary>The file tree that paths are resolved in: the machine's own, or a stated one for suites and tests.</summary>
public interface IPathView
{
    /// <summary>Looks at one absolute path whose folders are already free of symbolic links.</summary>
    PathEntry Look(string path);

    /// <summary>What lies at an absolute path, symlinks followed.</summary>
    PathEntryForm FormOf(string path);

    /// <summary>
    /// The entries of a folder, symlinks followed to it, in any order and at most one more than <paramref name="most"/>. Null: there
    /// is no such folder, or it cannot be read.
    /// </summary>
    IReadOnlyList<FolderEntry>? Entries(string folder, int most);

    /// <summary>What a file holds; null where there is none, it cannot be read, or it is longer than <paramref name="most"/> bytes.</summary>
    byte[]? Bytes(string path, int most);

    /// <summary>The text of a file, likewise; what is no UTF-8 in it becomes U+FFFD.</summary>
    string? Text(string path, int most) => Bytes(path, most) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Without the folder. A name that is no Unicode holds U+FFFD.</param>
/// <param name="IsFolder">It is a folder, or a link to one.</param>
public readonly record struct FolderEntry(string Name, bool IsFolder);

/// <summary>See <see cref="IPathView.FormOf"/>.</summary>
public enum PathEntryForm
{
    /// <summary>It cannot be told.</summary>
    Unknown,
    Missing,

    /// <summary>Anything that is no folder.</summary>
    File,
    Folder,
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
