using Guard.Policy.Matching;

namespace Guard.Policy.Suites;

/// <summary>Resolves paths in a suite's stated file tree, for cases that name an access rather than a tool call.</summary>
internal static class StatedTree
{
    private const int MaxLinks = 40;

    /// <summary>The path with <c>./</c> and <c>~</c> replaced by the workspace's folders.</summary>
    public static string Absolute(SuiteWorkspace workspace, string path)
    {
        if (path.StartsWith('/'))
        {
            return path;
        }

        return path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? workspace.Home + path[1..]
            : $"{workspace.Folder}/{path}";
    }

    /// <summary>The path after the tree's symlinks, or null for a loop.</summary>
    public static string? Real(SuiteWorkspace workspace, string absolute)
    {
        var pending = new Stack<string>(absolute.Split('/').AsEnumerable().Reverse());
        var resolved = new List<string>();
        for (var links = 0; pending.TryPop(out var segment);)
        {
            if (segment is "" or ".")
            {
                continue;
            }

            if (segment == "..")
            {
                resolved.RemoveRange(Math.Max(0, resolved.Count - 1), Math.Min(1, resolved.Count));
                continue;
            }

            resolved.Add(segment);
            if (!workspace.Links.TryGetValue("/" + string.Join('/', resolved), out var target))
            {
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            resolved.RemoveAt(resolved.Count - 1);
            if (target.StartsWith('/'))
            {
                resolved.Clear();
            }

            foreach (var part in target.Split('/').AsEnumerable().Reverse())
            {
                pending.Push(part);
            }
        }

        return AbsolutePath.Parse("/" + string.Join('/', resolved))!.Text;
    }
}
