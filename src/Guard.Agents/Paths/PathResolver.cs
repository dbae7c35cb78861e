namespace Guard.Agents.Paths;

/// <summary>Turns the text of a path into its two spellings.</summary>
public static class PathResolver
{
    /// <summary>Longer texts are no path on Linux (PATH_MAX).</summary>
    public const int MaxLength = 4096;

    // The kernel gives up after 40 links too (MAXSYMLINKS).
    private const int MaxLinks = 40;

    /// <summary>
    /// The path made absolute against <paramref name="folder"/>, <c>.</c> and <c>..</c> still in it. Null where the text is
    /// no path, or where the folder or the home it starts from is not known.
    /// </summary>
    public static string? Absolute(string text, string? folder, string? home)
    {
        if (text.Length is 0 or > MaxLength || text.Contains('\0', StringComparison.Ordinal) || !IsWellFormed(text)) return null;
        if (text[0] == '/') return text;
        if (text == "~") return home;
        if (text.StartsWith("~/", StringComparison.Ordinal)) return home is null ? null : home + text[1..];
        return folder is null || folder.Length == 0 || folder[0] != '/' ? null : folder + "/" + text;
    }

    /// <summary>Removes <c>.</c>, <c>..</c> and double slashes by text alone.</summary>
    public static string Lexical(string absolute)
    {
        if (IsLexical(absolute)) return absolute;
        var parts = new List<string>();
        foreach (var part in absolute.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>
    /// Follows every symbolic link as the kernel would, also on the way to a file that does not exist yet, and a link whose
    /// target does not exist.
    /// </summary>
    public static ResolvedPath Resolve(IPathView view, string absolute)
    {
        var pending = new Stack<string>();
        Push(pending, absolute);
        var at = "";
        var links = 0;
        var missing = false;
        while (pending.TryPop(out var part))
        {
            if (part == ".") continue;
            if (part == "..")
            {
                // Nothing lies above what does not exist: the kernel refuses such a path.
                if (missing) return default;
                at = at.LastIndexOf('/') is > 0 and var slash ? at[..slash] : "";
                continue;
            }

            if (IsThroughProcess(at, part)) return new ResolvedPath(null, ThroughProcess: true);
            var next = at + "/" + part;
            if (next.Length > MaxLength) return default;
            // Every process has its own; the hook's number says nothing about the one that will use the path.
            if (missing || next is "/proc/self" or "/proc/thread-self")
            {
                at = next;
                continue;
            }

            var entry = view.Look(next);
            switch (entry.Kind)
            {
                case PathEntryKind.Unreadable:
                    return default;
                case PathEntryKind.Link:
                    if (++links > MaxLinks) return default;
                    if (entry.Target![0] == '/') at = "";
                    Push(pending, entry.Target);
                    break;
                default:
                    missing = entry.Kind == PathEntryKind.Missing;
                    at = next;
                    break;
            }
        }

        return new ResolvedPath(at.Length == 0 ? "/" : at, ThroughProcess: false);
    }

    /// <summary>Whether the text holds no half of a surrogate pair.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    private static void Push(Stack<string> pending, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = parts.Length - 1; i >= 0; i--) pending.Push(parts[i]);
    }

    /// <summary>
    /// <c>/proc/PID/root</c>, <c>cwd</c>, <c>fd</c> and the like lead to wherever that process is, which nobody can know
    /// beforehand.
    /// </summary>
    private static bool IsThroughProcess(string at, string part)
    {
        if (part is not ("root" or "cwd" or "fd" or "exe" or "map_files") || !at.StartsWith("/proc/", StringComparison.Ordinal)) return false;
        var parts = at.Split('/');
        return (parts.Length == 3 || (parts.Length == 5 && parts[3] == "task")) &&
            (parts[2] is "self" or "thread-self" || parts[2].All(char.IsAsciiDigit));
    }

    private static bool IsLexical(string path)
    {
        if (path.Length > 1 && path[^1] == '/') return false;
        for (var i = 0; i < path.Length - 1; i++)
        {
            if (path[i] == '/' && path[i + 1] is '/' or '.' && (path[i + 1] == '/' || IsDots(path.AsSpan(i + 1)))) return false;
        }

        return true;
    }

    private static bool IsDots(ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('/');
        var part = end < 0 ? rest : rest[..end];
        return part is "." or "..";
    }
}

/// <summary>Where a path leads.</summary>
/// <param name="Real">The path without symbolic links; null where it cannot be known.</param>
/// <param name="ThroughProcess">It leads through another process's view of the files.</param>
public readonly record struct ResolvedPath(string? Real, bool ThroughProcess);
