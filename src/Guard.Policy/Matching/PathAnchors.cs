using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Matching;

/// <summary>
/// The folders that <c>./</c> and <c>~/</c> mean in one request. Where they are not known or not usable, allow rules find
/// nothing below them and deny, approve and ask rules find them everywhere.
/// </summary>
internal sealed class PathAnchors
{
    private PathAnchors(Folder? workspace, IReadOnlyList<Folder> homes, string? workspaceProblem)
    {
        Workspace = workspace;
        Homes = homes;
        WorkspaceProblem = workspaceProblem;
    }

    /// <summary>Null where there is none or it was refused.</summary>
    public Folder? Workspace { get; }

    /// <summary>The account's own home first.</summary>
    public IReadOnlyList<Folder> Homes { get; }

    /// <summary>Why <c>./</c> matches nothing in allow rules; null where it does.</summary>
    public string? WorkspaceProblem { get; }

    public static PathAnchors From(EvaluationRequest request)
    {
        var homes = request.Homes.Select(Folder.From).OfType<Folder>().ToList();
        if (request.Workspace.Folder is not { } stated)
        {
            var why = request.Workspace.Problem == Evaluation.WorkspaceProblem.ChangedInSession
                ? "the workspace is not the one this session started in"
                : "no workspace was stated";
            return new PathAnchors(null, homes, why);
        }

        if (Folder.From(stated) is not { } workspace)
        {
            return new PathAnchors(null, homes, $"the workspace `{Shown.Text(stated.Written)}` is not an absolute path");
        }

        var refused = workspace.Spellings.Any(w => w.Segments.IsEmpty
            || homes.Exists(h => h.Spellings.Any(home => home.IsAtOrBelow(w, ignoreCase: true))));
        return refused
            ? new PathAnchors(null, homes, $"the workspace `{Shown.Text(stated.Written)}` is the root, a home folder or a parent of one")
            : new PathAnchors(workspace, homes, null);
    }

    /// <summary>The folders an anchor means for a spelling of a path. Empty: not known.</summary>
    /// <param name="home"><c>~/</c> rather than <c>./</c>.</param>
    /// <param name="realPath">The path's symlinks are resolved: then only the folder's real spelling counts in an allow.</param>
    /// <param name="generous">Every folder in every spelling.</param>
    public IEnumerable<AbsolutePath> Bases(bool home, bool realPath, bool generous)
    {
        IEnumerable<Folder> folders = home ? (generous ? Homes : Homes.Take(1)) : Workspace is null ? [] : [Workspace];
        foreach (var folder in folders)
        {
            if (!realPath || generous)
            {
                yield return folder.Written;
            }

            if (folder.Real is { } real)
            {
                yield return real;
            }
        }
    }

    /// <summary>A folder in both spellings.</summary>
    internal sealed record Folder(AbsolutePath Written, AbsolutePath? Real)
    {
        public IEnumerable<AbsolutePath> Spellings => Real is null ? [Written] : [Written, Real];

        public static Folder? From(FolderSpelling spelling) =>
            AbsolutePath.Parse(spelling.Written) is { } written ? new Folder(written, AbsolutePath.Parse(spelling.Real)) : null;
    }
}
