namespace Guard.Cli.Policies.Import;

/// <summary>
/// The client's patterns over files, which follow .gitignore, as globs of a policy. <c>//x</c> is the root, <c>~/x</c> the home folder,
/// <c>/x</c> the project, <c>x/y</c> and <c>./x</c> the working directory, which is the project where a session starts; a name alone is
/// found at any depth, and what names a folder means everything in it.
/// </summary>
internal static class PathSpecifier
{
    /// <summary>The globs, or null with the reason.</summary>
    /// <param name="pattern">As the client has it.</param>
    /// <param name="generous">For what denies or asks: never narrower than the client. Else never wider.</param>
    /// <param name="writes">Of an allow: the folder itself may not be written or deleted by it.</param>
    /// <param name="isProject">The settings are a project's, so that <c>/x</c> is known to be in it.</param>
    /// <param name="problem">Why there are none.</param>
    public static IReadOnlyList<string>? Globs(string pattern, bool generous, bool writes, bool isProject, out string? problem)
    {
        problem = null;
        if (pattern.StartsWith('!'))
        {
            problem = "a pattern that takes others back";
            return null;
        }

        var (anchor, rest) = Anchor(pattern, generous, isProject);
        if (anchor is null)
        {
            problem = "`/` at its beginning means the folder of these settings, which is no project";
            return null;
        }

        var segments = rest.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(s => s != ".").Select(Segment).ToList();
        var up = segments.LastIndexOf("..");
        if (up >= 0)
        {
            if (!generous)
            {
                problem = "`..` leads out of the folder it is meant in";
                return null;
            }

            (anchor, segments) = ("**/", segments[(up + 1)..]);
        }

        if (segments.Count == 0)
        {
            segments.Add("**");
        }

        if (anchor.EndsWith("**/", StringComparison.Ordinal) && segments[0] == "**")
        {
            anchor = anchor[..^3];
        }

        return [.. WithContents(anchor + string.Join('/', segments), segments[^1], generous, writes, isFolder: rest.EndsWith('/')).Distinct()];
    }

    private static (string? Anchor, string Tail) Anchor(string pattern, bool generous, bool isProject)
    {
        if (pattern.StartsWith("//", StringComparison.Ordinal))
        {
            return ("/", pattern[2..]);
        }

        if (pattern == "~" || pattern.StartsWith("~/", StringComparison.Ordinal))
        {
            return ("~/", pattern[1..]);
        }

        if (pattern.StartsWith('/'))
        {
            return isProject ? ("./", pattern[1..]) : generous ? ("**/", pattern[1..]) : (null, "");
        }

        if (generous && pattern.StartsWith("**/", StringComparison.Ordinal))
        {
            return ("**/", pattern[3..]);
        }

        if (pattern.StartsWith("./", StringComparison.Ordinal) || pattern.TrimEnd('/').Contains('/', StringComparison.Ordinal) || pattern is "." or "..")
        {
            return ("./", pattern);
        }

        return (generous ? "**/" : "./**/", pattern);
    }

    private static IEnumerable<string> WithContents(string glob, string last, bool generous, bool writes, bool isFolder)
    {
        var contents = writes && !generous ? "/**/*" : "/**";
        if (last == "**")
        {
            yield return writes && !generous ? glob + "/*" : glob;
            yield break;
        }

        if (!isFolder || generous)
        {
            yield return glob;
        }

        // A pattern for files as a rule; a folder of such a name is rare, and an allow may be narrower.
        if (isFolder || generous || last.IndexOfAny(['*', '?', '[']) < 0)
        {
            yield return glob + contents;
        }
    }

    // Two stars beside other characters are one to .gitignore; `^` is the other way to write `!` in a class.
    private static string Segment(string segment)
    {
        if (segment == "**")
        {
            return segment;
        }

        while (segment.Contains("**", StringComparison.Ordinal))
        {
            segment = segment.Replace("**", "*", StringComparison.Ordinal);
        }

        return segment.Replace("[^", "[!", StringComparison.Ordinal);
    }
}
