using Guard.Agents.Paths;

namespace Guard.Agents.Shell;

/// <summary>The folders in which the shell looks for programs.</summary>
internal sealed class SearchPath(IPathView paths, string? value)
{
    /// <summary>The word has no slash, or it is the very file that the search gives for its base name.</summary>
    public bool Gives(string program)
    {
        var slash = program.LastIndexOf('/');
        if (slash < 0) return true;
        var name = program[(slash + 1)..];
        foreach (var folder in (value ?? "").Split(':'))
        {
            // A relative folder in the path means another one wherever the line goes.
            if (folder is not ['/', ..]) continue;
            var candidate = folder.TrimEnd('/') + "/" + name;
            if (paths.FormOf(candidate) == PathEntryForm.File) return candidate == program;
        }

        return false;
    }
}
