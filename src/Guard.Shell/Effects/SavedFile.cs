namespace Guard.Shell.Effects;

/// <summary>The file that a program names by itself after what it fetched.</summary>
internal static class SavedFile
{
    /// <param name="sink">Takes the file.</param>
    /// <param name="saves"><c>tree</c>: a folder as of a repository; anything else: a file.</param>
    /// <param name="url">What is fetched.</param>
    public static void Add(EffectSink sink, string saves, Argument url)
    {
        string name = url.Text;
        int query = name.AsSpan().IndexOfAny('?', '#');
        name = (query >= 0 ? name[..query] : name).TrimEnd('/');
        int scheme = name.IndexOf("://", StringComparison.Ordinal);
        int slash = name.LastIndexOfAny(['/', ':']);
        name = slash > scheme + 2 ? name[(slash + 1)..] : "index.html";
        if (saves == "tree" && name.EndsWith(".git", StringComparison.Ordinal))
        {
            name = name[..^4];
        }

        Argument target = url.IsKnown ? Argument.Of(name) : Argument.Unknown;
        sink.File(target, ValueUse.Names[saves == "tree" ? "write-tree" : "write"], -1, isImplicit: true);
    }
}
