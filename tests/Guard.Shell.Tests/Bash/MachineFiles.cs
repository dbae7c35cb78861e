using Guard.Shell.Effects;
using Guard.Shell.Expansion;

namespace Guard.Shell.Tests.Bash;

/// <summary>The files that bash itself sees.</summary>
internal sealed class MachineFiles : IGlobView
{
    public static MachineFiles Instance { get; } = new();

    /// <summary>As the hook looks at a path before the line runs.</summary>
    public static PathForm FormOf(string path) => Directory.Exists(path) ? PathForm.Directory : File.Exists(path) ? PathForm.File : PathForm.Missing;

    public IReadOnlyList<string>? List(string directory) =>
        Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Select(p => Path.GetFileName(p))] : null;

    public bool Exists(string path) => Path.Exists(path);

    public bool IsDirectory(string path) => Directory.Exists(path);
}
