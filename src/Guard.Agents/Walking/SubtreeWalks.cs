using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Agents.Walking;

/// <summary>Looks through the subtrees of one call. One that was looked through is not looked through again.</summary>
internal sealed class SubtreeWalks(IPathView paths, WalkNames names)
{
    private readonly SoughtNames _sought = new(names);
    private readonly WalkBudget _budget = new();
    private readonly Dictionary<(string Root, string Real, string Rules), FoundFiles?> _done = [];

    public string Id => names.Id;

    /// <summary>What was found; null where the subtree could not be looked through wholly.</summary>
    public FoundFiles? Of(string written, string? real, PathUse use)
    {
        if (real is null) return null;
        var rules = WalkRules.Of(use);
        var key = (written, real, rules.Key);
        if (!_done.TryGetValue(key, out var found)) _done.Add(key, found = new SubtreeWalk(paths, _sought, _budget, rules).Run(written, real));
        return found;
    }
}

/// <summary>What a walk came across.</summary>
/// <param name="Meant">Files, as written from the root, that a rule could mean.</param>
/// <param name="Outside">Where links lead that the program follows.</param>
internal sealed record FoundFiles(IReadOnlyList<string> Meant, IReadOnlyList<LinkTarget> Outside);

/// <summary>Where a link leads: the path after all links.</summary>
internal readonly record struct LinkTarget(string Target, bool IsFolder);

/// <summary>How much of the tree one call may look at. Beyond it a subtree counts as holding every file.</summary>
internal sealed class WalkBudget
{
    /// <summary>Entries of folders, all subtrees of a call together: some tenths of a second.</summary>
    private const int MaxEntries = 200_000;

    /// <summary>Milliseconds of all walks of a call.</summary>
    private const int MaxTime = 3_000;

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private int _left = MaxEntries;

    public int Left => _left;

    public bool Take(int entries)
    {
        _left -= entries;
        return _left >= 0 && TimeProvider.System.GetElapsedTime(_start).TotalMilliseconds < MaxTime;
    }
}
