using Guard.Agents.Paths;
using Guard.Shell.Expansion;

namespace Guard.Agents.Shell;

/// <summary>A file tree as bash's globs see it.</summary>
internal sealed class PathGlobView(IPathView paths) : IGlobView
{
    /// <summary>More entries than any glob is followed through; what lies beyond makes it unknown there.</summary>
    private const int MaxEntries = 32_768;

    public IReadOnlyList<string>? List(string directory) => paths.Entries(directory, MaxEntries)?.Select(static e => e.Name).ToArray();

    public bool Exists(string path) => paths.FormOf(path) != PathEntryForm.Missing || paths.Look(path).Kind != PathEntryKind.Missing;

    public bool IsDirectory(string path) => paths.FormOf(path) == PathEntryForm.Folder;
}
