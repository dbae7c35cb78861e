using System.Collections.Immutable;
using System.Text;

namespace Guard.Policy.Matching;

/// <summary>
/// A glob over paths. <c>*</c>, <c>?</c> and classes stay inside a segment and match a leading dot; a segment <c>**</c> is any
/// number of segments, also none. <c>./x</c> and bare <c>x</c> start at the workspace, <c>~/x</c> at the home folder,
/// <c>/x</c> at the root, <c>**/x</c> anywhere. Matching keeps the set of reachable places in the pattern, so time is at
/// most the product of path and pattern length.
/// </summary>
internal sealed class PathGlob
{
    private const string CrossAll = "**";
    private const int MaxOnStack = 64;

    private readonly Anchor _anchor;

    /// <summary>Null stands for <c>**</c>.</summary>
    private readonly ImmutableArray<TextGlob?> _segments;
    private readonly bool _generous;

    private PathGlob(Anchor anchor, ImmutableArray<TextGlob?> segments, bool generous)
    {
        _anchor = anchor;
        _segments = segments;
        _generous = generous;
    }

    private enum Anchor
    {
        Root,
        Workspace,
        Home,
    }

    /// <summary>Parses, or says in <paramref name="problem"/> why the pattern is wrong.</summary>
    /// <param name="pattern">As the document has it.</param>
    /// <param name="generous">Ignore case and Unicode form, and count what could match inside a subtree.</param>
    /// <param name="problem">Null where a glob is returned.</param>
    public static PathGlob? Parse(string pattern, bool generous, out string? problem)
    {
        var anchor = Anchor.Workspace;
        var rest = pattern;
        if (pattern.StartsWith('/'))
        {
            anchor = Anchor.Root;
        }
        else if (pattern == "~" || pattern.StartsWith("~/", StringComparison.Ordinal))
        {
            (anchor, rest) = (Anchor.Home, pattern[1..]);
        }
        else if (pattern.StartsWith('~'))
        {
            problem = "`~name` is not supported";
            return null;
        }
        else if (pattern == CrossAll || pattern.StartsWith("**/", StringComparison.Ordinal))
        {
            anchor = Anchor.Root;
        }

        if (pattern.Length > 1 && pattern.EndsWith('/'))
        {
            problem = "it ends in `/`; for everything below write `/**`";
            return null;
        }

        var segments = ImmutableArray.CreateBuilder<TextGlob?>();
        foreach (var segment in rest.Split('/'))
        {
            switch (segment)
            {
                case "" or ".":
                    break;
                case "..":
                    problem = "`..` never stands in a resolved path";
                    return null;
                case CrossAll:
                    if (segments.Count == 0 || segments[^1] is not null)
                    {
                        segments.Add(null);
                    }

                    break;
                default:
                    if (segment.Contains(CrossAll, StringComparison.Ordinal))
                    {
                        problem = "`**` must be a whole segment";
                        return null;
                    }

                    if (TextGlob.Parse(segment, generous, out problem) is not { } glob)
                    {
                        return null;
                    }

                    segments.Add(glob);
                    break;
            }
        }

        problem = null;
        return new PathGlob(anchor, segments.ToImmutable(), generous);
    }

    /// <summary>The texts that every path it matches holds, wherever the anchor leads; subtrees in a deny aside.</summary>
    public IEnumerable<string> Literals()
    {
        // What stands between two `**` is one piece of the path, behind a slash.
        var pieces = new List<string>();
        var piece = new StringBuilder();
        foreach (var segment in _segments)
        {
            if (segment is null)
            {
                Break();
                continue;
            }

            piece.Append('/');
            foreach (var part in segment.Parts())
            {
                if (part.Length == 0) Break();
                else piece.Append(part);
            }
        }

        Break();
        return pieces;

        void Break()
        {
            if (piece.Length > 0) pieces.Add(piece.ToString());
            piece.Clear();
        }
    }

    /// <summary>
    /// Whether the path matches. For a subtree: exact globs must cover all of it, generous ones match where anything
    /// inside could match.
    /// </summary>
    public bool IsMatch(AbsolutePath path, bool realPath, bool subtree, PathAnchors anchors)
    {
        if (path.Text.Length > AbsolutePath.MaxLength)
        {
            throw new InvalidOperationException($"the path is longer than {AbsolutePath.MaxLength} characters");
        }

        if (!_generous && subtree && (_segments.IsEmpty || _segments[^1] is not null))
        {
            // Only a final `**` covers what lies below.
            return false;
        }

        if (_anchor == Anchor.Root)
        {
            return IsMatchFrom(path, 0, anywhere: false, subtree);
        }

        var known = false;
        foreach (var folder in anchors.Bases(_anchor == Anchor.Home, realPath, _generous))
        {
            known = true;
            if (path.IsAtOrBelow(folder, _generous))
            {
                if (IsMatchFrom(path, folder.Depth, anywhere: false, subtree))
                {
                    return true;
                }
            }
            else if (_generous && subtree && folder.IsAtOrBelow(path, ignoreCase: true))
            {
                return true;
            }
        }

        return !known && _generous && IsMatchFrom(path, 0, anywhere: true, subtree);
    }

    private bool IsMatchFrom(AbsolutePath path, int start, bool anywhere, bool subtree)
    {
        var compared = _generous ? path.Composed : path;
        var end = _segments.Length;
        var reached = end < MaxOnStack ? stackalloc bool[end + 1] : new bool[end + 1];
        var next = end < MaxOnStack ? stackalloc bool[end + 1] : new bool[end + 1];
        reached.Clear();
        reached[0] = true;
        SkipCrossing(reached);
        for (var i = start; i < compared.Depth; i++)
        {
            next.Clear();
            var alive = false;
            var segment = compared.Segment(i);
            for (var p = 0; p < end; p++)
            {
                if (!reached[p])
                {
                    continue;
                }

                if (_segments[p] is not { } glob)
                {
                    next[p] = alive = true;
                }
                else if (glob.IsMatch(segment))
                {
                    next[p + 1] = alive = true;
                }
            }

            if (anywhere)
            {
                next[0] = alive = true;
            }

            if (!alive)
            {
                return false;
            }

            SkipCrossing(next);
            var spare = reached;
            reached = next;
            next = spare;
        }

        return reached[end] || (subtree && _generous);
    }

    private void SkipCrossing(Span<bool> reached)
    {
        for (var p = 0; p < _segments.Length; p++)
        {
            if (reached[p] && _segments[p] is null)
            {
                reached[p + 1] = true;
            }
        }
    }
}
