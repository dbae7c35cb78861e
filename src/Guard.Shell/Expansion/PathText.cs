namespace Guard.Shell.Expansion;

/// <summary>Paths by their text alone: where links lead is not looked up.</summary>
internal static class PathText
{
    /// <summary>An absolute path without <c>.</c>, <c>..</c>, doubled slashes and a slash at its end; <c>..</c> takes away the name before it.</summary>
    public static string Normalize(string path)
    {
        if (IsNormal(path))
            return path;
        var kept = new char[path.Length + 1];
        var length = 0;
        foreach (var range in path.AsSpan().Split('/'))
        {
            var part = path.AsSpan(range);
            if (part is "" or ".")
                continue;
            if (part is "..")
            {
                length = Math.Max(0, kept.AsSpan(0, length).LastIndexOf('/'));
                continue;
            }

            kept[length++] = '/';
            part.CopyTo(kept.AsSpan(length));
            length += part.Length;
        }

        return length == 0 ? "/" : new string(kept, 0, length);
    }

    private static bool IsNormal(string path)
    {
        if (path.Length == 0 || path[0] != '/')
            return false;
        if (path.Length == 1)
            return true;
        if (path[^1] == '/' || path.Contains("//", StringComparison.Ordinal))
            return false;

        // A name that begins with a dot is looked at in full.
        return !path.Contains("/.", StringComparison.Ordinal);
    }
}
