using Guard.Protocol;

namespace Guard.Agents.Walking;

/// <summary>The names of <see cref="WalkNames"/>, sorted by what has to be compared first.</summary>
internal sealed class SoughtNames
{
    private const string Below = "/**";

    private readonly Dictionary<string, List<Sought>> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Sought> _patterns = [];

    public SoughtNames(WalkNames names)
    {
        foreach (var name in names.Names)
        {
            var below = name.EndsWith(Below, StringComparison.Ordinal);
            var sought = new Sought((below ? name[..^Below.Length] : name).Split('/'), below);
            if (sought.Last.Contains('*', StringComparison.Ordinal))
            {
                _patterns.Add(sought);
            }
            else if (_byName.TryGetValue(sought.Last, out var same))
            {
                same.Add(sought);
            }
            else
            {
                _byName.Add(sought.Last, [sought]);
            }
        }
    }

    /// <summary>Whether a file of this name may be meant.</summary>
    /// <param name="folder">The names of the folders above it, outermost first.</param>
    /// <param name="name">Its own.</param>
    /// <param name="below">Then everything below it is meant as well.</param>
    public bool Means(IReadOnlyList<string> folder, string name, out bool below)
    {
        below = false;
        var found = false;

        // What has other Unicode forms is a pattern with stars, so names are compared as they are.
        if (_byName.TryGetValue(name, out var same))
        {
            foreach (var sought in same) Try(sought, ref found, ref below);
        }

        foreach (var sought in _patterns)
        {
            if (NamePattern.IsMatch(sought.Last, name, ignoreCase: true)) Try(sought, ref found, ref below);
        }

        return found;

        void Try(Sought sought, ref bool isFound, ref bool isBelow)
        {
            if (!sought.FoldersMatch(folder)) return;
            isFound = true;
            isBelow |= sought.Below;
        }
    }

    private sealed record Sought(string[] Names, bool Below)
    {
        public string Last => Names[^1];

        public bool FoldersMatch(IReadOnlyList<string> folder)
        {
            var count = Names.Length - 1;
            if (folder.Count < count) return false;
            for (var i = 0; i < count; i++)
            {
                if (!NamePattern.IsMatch(Names[i], folder[folder.Count - count + i], ignoreCase: true)) return false;
            }

            return true;
        }
    }
}
