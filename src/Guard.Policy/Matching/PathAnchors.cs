using System.Collections.Immutable;
using Guard.Policy.Diagnostics;
using Guard.Policy.Evaluation;

namespace Guard.Policy.Matching;

/// <summary>
/// The folders that <c>./</c> and <c>~/</c> mean in one request. Where they are not known or not usable, allow rules find
/// nothing below them and deny, approve and ask rules find them everywhere.
/// </summary>
internal sealed class PathAnchors
{
    private readonly ImmutableArray<AbsolutePath> _workspace;
    private readonly ImmutableArray<AbsolutePath> _realWorkspace;
    private readonly ImmutableArray<AbsolutePath> _home;
    private readonly ImmutableArray<AbsolutePath> _realHome;
    private readonly ImmutableArray<AbsolutePath> _homes;

    private PathAnchors(Folder? workspace, ImmutableArray<Folder> homes, string? workspaceProblem)
    {
        Workspace = workspace;
        Homes = homes;
        WorkspaceProblem = workspaceProblem;
        AreReal = (workspace is not { } own || ReferenceEquals(own.Written, own.Real)) && homes.All(h => ReferenceEquals(h.Written, h.Real));
        (_workspace, _realWorkspace) = Spellings(workspace);
        (_home, _realHome) = Spellings(homes.IsEmpty ? null : homes[0]);
        _homes = homes.Length > 1 ? [.. homes.SelectMany(h => h.Spellings)] : _home;
    }

    /// <summary>Null where there is none or it was refused.</summary>
    public Folder? Workspace { get; }

    /// <summary>The account's own home first.</summary>
    public ImmutableArray<Folder> Homes { get; }

    /// <summary>No folder has a symlink on its way, so that a path that has none either is told the same by both of its spellings.</summary>
    public bool AreReal { get; }

    /// <summary>Why <c>./</c> matches nothing in allow rules; null where it does.</summary>
    public string? WorkspaceProblem { get; }

    public static PathAnchors From(EvaluationRequest request)
    {
        ImmutableArray<Folder> homes = request.Homes is [var only] && Folder.From(only) is { } home ? [home] : [.. request.Homes.Select(Folder.From).OfType<Folder>()];
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

        return IsRefused(workspace.Written, homes) || (workspace.Real is { } real && IsRefused(real, homes))
            ? new PathAnchors(null, homes, $"the workspace `{Shown.Text(stated.Written)}` is the root, a home folder or a parent of one")
            : new PathAnchors(workspace, homes, null);
    }

    /// <summary>The folders an anchor means for a spelling of a path. Empty: not known.</summary>
    /// <param name="home"><c>~/</c> rather than <c>./</c>.</param>
    /// <param name="realPath">The path's symlinks are resolved: then only the folder's real spelling counts in an allow.</param>
    /// <param name="generous">Every folder in every spelling.</param>
    public ImmutableArray<AbsolutePath> Bases(bool home, bool realPath, bool generous) => (home, generous, realPath) switch
    {
        (true, true, _) => _homes,
        (true, false, true) => _realHome,
        (true, false, false) => _home,
        (false, false, true) => _realWorkspace,
        (false, _, _) => _workspace,
    };

    private static bool IsRefused(AbsolutePath workspace, ImmutableArray<Folder> homes)
    {
        foreach (var home in homes)
        {
            if (home.Written.IsAtOrBelow(workspace, ignoreCase: true) || home.Real?.IsAtOrBelow(workspace, ignoreCase: true) == true)
            {
                return true;
            }
        }

        return workspace.Depth == 0;
    }

    private static (ImmutableArray<AbsolutePath> All, ImmutableArray<AbsolutePath> Real) Spellings(Folder? folder)
    {
        if (folder is not { } known)
        {
            return ([], []);
        }

        if (known.Real is not { } real)
        {
            return ([known.Written], []);
        }

        ImmutableArray<AbsolutePath> alone = [real];
        return (ReferenceEquals(known.Written, real) ? alone : [known.Written, real], alone);
    }

    /// <summary>A folder in both spellings.</summary>
    internal readonly record struct Folder(AbsolutePath Written, AbsolutePath? Real)
    {
        public IEnumerable<AbsolutePath> Spellings => Real is null || ReferenceEquals(Written, Real) ? [Written] : [Written, Real];

        public static Folder? From(FolderSpelling spelling) =>
            AbsolutePath.Parse(spelling.Written) is { } written ? new Folder(written, spelling.Real == spelling.Written ? written : AbsolutePath.Parse(spelling.Real)) : null;
    }
}
