using Guard.Shell.Expansion;

namespace Guard.Cli.Shell;

/// <summary>This machine's files as bash's globs see them.</summary>
internal sealed class MachineGlobView : IGlobView
{
    public static MachineGlobView Instance { get; } = new();

    public IReadOnlyList<string>? List(string directory)
    {
        try
        {
            return [.. Directory.EnumerateFileSystemEntries(directory).Select(path => Path.GetFileName(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>True also where it cannot be told: then something may be there.</summary>
    public bool Exists(string path)
    {
        try
        {
            return Path.Exists(path) || new FileInfo(path).LinkTarget is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    public bool IsDirectory(string path) => Directory.Exists(path);
}
