using System.Buffers;
using System.Collections.Immutable;
using Guard.Policy.Evaluation;
using Guard.Policy.Matching;

namespace Guard.Policy;

/// <summary>The root, home folders, and what lies above them: nothing may be wiped that is one of these.</summary>
internal sealed class VitalFolders
{
    private static readonly SearchValues<char> GlobCharacters = SearchValues.Create("*?.[]!^{},");
    private static readonly PathGlob AnyHome = PathGlob.Parse("/home/*", generous: true, out _)!;
    private static readonly PathGlob AnyMacHome = PathGlob.Parse("/Users/*", generous: true, out _)!;

    private static readonly AbsolutePath RootsHome = AbsolutePath.Parse("/root")!;

    private readonly PathAnchors _anchors;
    private readonly EvaluationRequest _request;

    // Made at first use: most commands name no absolute path and no home folder.
    private ImmutableArray<AbsolutePath> _madeHomes;

    public VitalFolders(EvaluationRequest request, PathAnchors anchors) => (_request, _anchors) = (request, anchors);

    private ImmutableArray<AbsolutePath> Homes => _madeHomes.IsDefault
        ? _madeHomes = [.. _request.Homes.SelectMany(h => new[] { h.Written, h.Real }).Select(AbsolutePath.Parse).OfType<AbsolutePath>(), RootsHome]
        : _madeHomes;

    /// <summary>Whether the path is the root, a home folder or a parent of one.</summary>
    public bool Contains(AbsolutePath path) =>
        path.Depth == 0
        || Homes.Any(h => h.IsAtOrBelow(path, ignoreCase: true))
        || (path.Depth == 1 && (path.Segment(0).Equals("HOME", StringComparison.OrdinalIgnoreCase) || path.Segment(0).Equals("USERS", StringComparison.OrdinalIgnoreCase)))
        || AnyHome.IsMatch(path, realPath: false, subtree: false, _anchors)
        || AnyMacHome.IsMatch(path, realPath: false, subtree: false, _anchors);

    /// <summary>Whether a word of a command line means such a folder or everything in it: <c>~</c>, <c>$HOME/*</c>, <c>//</c>, <c>/home/dev/.</c></summary>
    /// <param name="word">After removal of quotes.</param>
    /// <param name="here">The command runs in such a folder, so that <c>*</c> and <c>.</c> mean it.</param>
    public bool IsMeantBy(string word, bool here)
    {
        if (here && WithoutGlobs(word) is "" or "." or "./" or ".." or "../")
        {
            return true;
        }

        return MayExpand(word) && Expand(word).Any(expanded => AbsolutePath.Parse(WithoutGlobs(expanded)) is { } path && (Contains(path) || GlobMeans(expanded)));
    }

    /// <summary>Whether <see cref="Expand"/> may find anything.</summary>
    public static bool MayExpand(string word) => word is ['/' or '$' or '~', ..];

    /// <summary>The absolute paths a word can mean: the word itself, and with the home folder in place of <c>~</c> or <c>$HOME</c>.</summary>
    public IEnumerable<string> Expand(string word)
    {
        if (word.StartsWith('/'))
        {
            yield return word;
            yield break;
        }

        var rest = HomeRest(word);
        if (rest is null)
        {
            yield break;
        }

        foreach (var home in Homes)
        {
            yield return home.Text + rest;
        }
    }

    private static string? HomeRest(string word)
    {
        if (word.StartsWith("$HOME", StringComparison.Ordinal))
        {
            return word.Length == 5 || word[5] == '/' ? word[5..] : null;
        }

        if (word.StartsWith("${HOME", StringComparison.Ordinal))
        {
            var close = word.IndexOf('}', StringComparison.Ordinal);
            return close < 0 ? "" : word[(close + 1)..];
        }

        if (!word.StartsWith('~'))
        {
            return null;
        }

        // `~name` is somebody's home folder.
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : word[slash..];
    }

    // `/*`, `/.*`, `/{*,.*}`, `/.[!.]*`: everything in the folder, and `/*/`: every folder in it.
    private static string WithoutGlobs(string word)
    {
        var path = word.TrimEnd('/');
        if (path.Length == 0)
        {
            return word;
        }

        while (path.Length > 0)
        {
            var slash = path.LastIndexOf('/');
            var last = path[(slash + 1)..];
            if (last.Length > 0 && !last.AsSpan().ContainsAnyExcept(GlobCharacters) && last.AsSpan().ContainsAny("*?"))
            {
                path = slash <= 0 ? path[..(slash + 1)] : path[..slash];
                if (slash <= 0)
                {
                    break;
                }
            }
            else
            {
                break;
            }
        }

        return path;
    }

    // `/hom*` or `/home/d?v`: a pattern that a home folder or its parent matches.
    private bool GlobMeans(string word)
    {
        if (!word.AsSpan().ContainsAny("*?[") || PathGlob.Parse(word.TrimEnd('/'), generous: true, out _) is not { } glob)
        {
            return false;
        }

        return Homes.SelectMany(Ancestors).Any(p => glob.IsMatch(p, realPath: false, subtree: false, _anchors));
    }

    private static IEnumerable<AbsolutePath> Ancestors(AbsolutePath home)
    {
        var segments = home.Segments;
        for (var i = 1; i <= segments.Length; i++)
        {
            yield return AbsolutePath.Parse("/" + string.Join('/', segments.Take(i)))!;
        }
    }
}
