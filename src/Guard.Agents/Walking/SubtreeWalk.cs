using Guard.Agents.Paths;

namespace Guard.Agents.Walking;

/// <summary>Looks through one subtree for files that a rule could mean, minus what the program passes over.</summary>
internal sealed class SubtreeWalk(IPathView paths, SoughtNames sought, WalkBudget budget, WalkRules rules)
{
    /// <summary>More than this is not sent: the subtree then counts as holding every file.</summary>
    private const int MaxFound = 256;

    private readonly List<string> _meant = [];
    private readonly HashSet<LinkTarget> _outside = [];
    private readonly Stack<Folder> _pending = new();
    private string _realRoot = "";
    private string _writtenRoot = "";

    /// <summary>Null where it could not be looked through wholly.</summary>
    public FoundFiles? Run(string written, string real)
    {
        (_writtenRoot, _realRoot) = (written, real);
        if (paths.FormOf(real) is PathEntryForm.File or PathEntryForm.Missing) return new FoundFiles([], []);

        var names = Names(written);
        var realNames = Names(real);
        var whole = IsBelowSought(names) || IsBelowSought(realNames);
        _pending.Push(new Folder(written, names, whole, IsNamed: false, rules.Ignored(paths, real)));
        while (_pending.TryPop(out var folder))
        {
            if (!Look(folder)) return null;
        }

        return new FoundFiles(_meant, [.. _outside]);
    }

    private static string[] Names(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    // `.git/hooks/**` with the root below `.git/hooks`, or at it.
    private bool IsBelowSought(string[] names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (sought.Means(names[..i], names[i], out var below) && below) return true;
        }

        return false;
    }

    private bool Look(Folder folder)
    {
        if (paths.Entries(folder.Path, budget.Left) is not { } entries || !budget.Take(entries.Count + 1)) return false;
        var realFolder = RealOf(folder.Path);
        var ignored = folder.Ignored?.With(paths, realFolder);
        foreach (var (name, isFolder) in entries)
        {
            if (name.Contains('\uFFFD', StringComparison.Ordinal)) return false;
            if (rules.LeavesOut(name) || ignored?.Covers(realFolder, name, isFolder) == true) continue;
            var isNamed = folder.IsNamed || rules.Names(name);
            if (!isNamed && !isFolder) continue;

            var path = folder.Path == "/" ? "/" + name : folder.Path + "/" + name;
            var isMeant = sought.Means(folder.Names, name, out var below) || folder.IsMeant;
            if (isMeant && isNamed && !Meant(path)) return false;
            if (!isFolder && !rules.FollowsLinks) continue;

            // Of folders it must be known whether they are links: a program that does not follow them does not go on there.
            var entry = paths.Look(RealOf(path));
            if (entry.Kind == PathEntryKind.Link)
            {
                if (rules.FollowsLinks && !Follow(path, isFolder)) return false;
            }
            else if (isFolder)
            {
                _pending.Push(new Folder(path, [.. folder.Names, name], folder.IsMeant || below, isNamed && rules.NamesSome, ignored));
            }
        }

        return true;
    }

    // Folders are only entered where they are no links, so below the root the real path is the written one.
    private string RealOf(string path) => _writtenRoot == _realRoot ? path : (_realRoot + path[_writtenRoot.Length..]);

    private bool Meant(string path)
    {
        _meant.Add(path);
        return _meant.Count <= MaxFound;
    }

    private bool Follow(string path, bool isFolder)
    {
        if (PathResolver.Resolve(paths, RealOf(path)).Real is not { } target) return false;
        if (target.StartsWith(_realRoot.TrimEnd('/') + "/", StringComparison.Ordinal) && (!isFolder || !rules.LeavesSomethingOut))
        {
            return isFolder || !IsSought(target) || Meant(path);
        }

        // What is linked counts like an operand of its own; its folder is not walked, so all of it counts.
        _outside.Add(new LinkTarget(target, isFolder));
        return _outside.Count <= MaxFound;
    }

    private bool IsSought(string path)
    {
        var names = Names(path);
        return sought.Means(names[..^1], names[^1], out _);
    }

    private sealed record Folder(string Path, string[] Names, bool IsMeant, bool IsNamed, IgnoreFiles? Ignored);
}
