namespace Guard.Protocol;

/// <summary>
/// Names of files that some deny, approve or ask rule could mean. A hook keeps them and looks for them in the subtrees of a call, so
/// that a rule about one file does not refuse every folder.
/// </summary>
public sealed record WalkNames
{
    /// <summary><c>sha256:</c> of the names. A gateway with other names sends its own.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Each is one or more names of consecutive folders, the file last, parted by <c>/</c>; <c>*</c> is any text within a name, and
    /// case does not count. A final <c>/**</c>: everything below as well.
    /// </summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Stands for the id of names that were never given.</summary>
    public const string None = "none";

    /// <summary>More names than this are not sent; subtrees then count as holding every file.</summary>
    public const int MaxNames = 2048;

    /// <summary>Characters of one entry.</summary>
    public const int MaxLength = 512;
}
