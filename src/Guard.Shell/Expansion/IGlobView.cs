namespace Guard.Shell.Expansion;

/// <summary>The files that globs are matched against: a machine's, or a stated tree.</summary>
public interface IGlobView
{
    /// <summary>The names in a folder, without <c>.</c> and <c>..</c>, in any order; null if there is no such folder or it cannot be read.</summary>
    /// <param name="directory">An absolute path; may hold <c>..</c> and doubled slashes.</param>
    IReadOnlyList<string>? List(string directory);

    /// <summary>Something has this absolute path; a dangling link counts.</summary>
    bool Exists(string path);

    /// <summary>A folder, or a link to one.</summary>
    bool IsDirectory(string path);
}
