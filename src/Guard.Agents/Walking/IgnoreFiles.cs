using System.Collections.Immutable;
using Guard.Agents.Paths;

namespace Guard.Agents.Walking;

/// <summary>
/// What git's ignore files leave out (gitignore(5)). A pattern that is not understood ignores nothing, and one that takes a file back
/// in then takes back everything below its folder.
/// </summary>
internal sealed class IgnoreFiles
{
    private const int MaxBytes = 256 * 1024;
    private const int MaxPatterns = 4_096;
    private const int MaxAbove = 64;

    private readonly ImmutableArray<Pattern> _patterns;
    private readonly TrackedFiles? _tracked;
    private bool _isSingle;

    private IgnoreFiles(ImmutableArray<Pattern> patterns, TrackedFiles? tracked = null) => (_patterns, _tracked) = (patterns, tracked);

    /// <summary>The ignore files between the repository and the folder above <paramref name="root"/>; null outside of a repository.</summary>
    /// <param name="paths">The tree.</param>
    /// <param name="root">Without symbolic links.</param>
    /// <param name="onlyUntracked">What git tracks is not left out, whatever the ignore files say.</param>
    public static IgnoreFiles? Above(IPathView paths, string root, bool onlyUntracked)
    {
        var chain = new List<string>();
        for (var at = root; chain.Count < MaxAbove; at = at[..Math.Max(1, at.LastIndexOf('/'))])
        {
            chain.Add(at);
            if (paths.FormOf(Child(at, ".git")) is PathEntryForm.Folder or PathEntryForm.File)
            {
                var files = new IgnoreFiles(Read(paths, at, Child(at, ".git/info/exclude")), onlyUntracked ? new TrackedFiles(paths, at) : null);
                for (var i = chain.Count - 1; i > 0; i--) files = files.With(paths, chain[i]);

                // A root that is ignored itself was named on purpose.
                return files;
            }

            if (at.Length <= 1) return null;
        }

        return null;
    }

    /// <summary>The one ignore file of a container's build context, whose patterns all start at its root.</summary>
    public static IgnoreFiles? OfContext(IPathView paths, string root)
    {
        var patterns = Read(paths, root, Child(root, ".dockerignore"));
        return patterns.IsEmpty ? null : new IgnoreFiles([.. patterns.Select(static p => p with { IsAnchored = true, OnlyFolders = false })]) { _isSingle = true };
    }

    /// <summary>With the ignore file of a folder.</summary>
    public IgnoreFiles With(IPathView paths, string folder)
    {
        if (_isSingle) return this;
        var more = Read(paths, folder, Child(folder, ".gitignore"));
        return more.IsEmpty ? this : new IgnoreFiles(_patterns.AddRange(more), _tracked);
    }

    /// <summary>Whether an entry of a folder is left out. The folder itself is not, and has no symbolic links on its way.</summary>
    public bool Covers(string folder, string name, bool isFolder)
    {
        for (var i = _patterns.Length - 1; i >= 0; i--)
        {
            if (_patterns[i].IsMatch(folder, name, isFolder)) return !_patterns[i].TakesBack && _tracked?.Holds(Child(folder, name), isFolder) != true;
        }

        return false;
    }

    private static string Child(string folder, string name) => folder == "/" ? "/" + name : folder + "/" + name;

    private static ImmutableArray<Pattern> Read(IPathView paths, string folder, string file)
    {
        if (paths.Text(file, MaxBytes) is not { } text) return [];
        var patterns = ImmutableArray.CreateBuilder<Pattern>();
        foreach (var line in text.Split('\n'))
        {
            if (patterns.Count == MaxPatterns) break;
            if (Pattern.Parse(folder, line.TrimEnd('\r')) is { } pattern) patterns.Add(pattern);
        }

        return patterns.ToImmutable();
    }

    private sealed record Pattern(string Folder, string[] Names, bool IsAnchored, bool OnlyFolders, bool TakesBack)
    {
        private const string Crossing = "**";

        // Each may be tried at every depth.
        private const int MaxCrossings = 3;

        public static Pattern? Parse(string folder, string line)
        {
            var text = line.TrimEnd(' ', '\t');
            if (text.Length == 0 || text[0] == '#') return null;
            var takesBack = text[0] == '!';
            if (takesBack) text = text[1..];
            if (text.AsSpan().IndexOfAny('[', '\\') >= 0 || text.Split('/').Count(static n => n == Crossing) > MaxCrossings) return takesBack ? new Pattern(folder, [Crossing], IsAnchored: true, OnlyFolders: false, TakesBack: true) : null;
            var onlyFolders = text.EndsWith('/');
            if (onlyFolders) text = text[..^1];
            var anchored = text.Contains('/', StringComparison.Ordinal);
            var names = text.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return names.Length == 0 ? null : new Pattern(folder, names, anchored, onlyFolders, takesBack);
        }

        public bool IsMatch(string folder, string name, bool isFolder)
        {
            if (OnlyFolders && !isFolder) return false;
            if (!IsAnchored) return Matches(Names[0], name);
            var below = folder.Length <= Folder.Length ? "" : folder[Folder.Length..];
            var path = below.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return Matches(0, [.. path, name], 0);
        }

        private bool Matches(int pattern, string[] path, int at)
        {
            if (pattern == Names.Length) return at == path.Length;
            if (Names[pattern] != Crossing) return at < path.Length && Matches(Names[pattern], path[at]) && Matches(pattern + 1, path, at + 1);

            // A final `**` is everything inside, so at least one name.
            if (pattern == Names.Length - 1) return at < path.Length;
            for (var i = at; i < path.Length; i++)
            {
                if (Matches(pattern + 1, path, i)) return true;
            }

            return false;
        }

        private static bool Matches(string pattern, string name) => NamePattern.IsMatch(pattern, name, ignoreCase: false, oneCharacter: true);
    }
}
