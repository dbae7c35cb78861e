using Guard.Agents.Paths;
using Guard.Agents.Walking;
using Guard.Protocol;
using Guard.Shell.Effects;

namespace Guard.Agents;

/// <summary>Collects the accesses of one tool call and resolves their paths. The first one added is the primary access.</summary>
internal sealed class AccessList(AdapterContext context, string? folder)
{
    private readonly List<Access> _accesses = [];
    private readonly HashSet<(string Action, string Path, int? By)> _found = [];
    private SubtreeWalks? _walk;

    public AdapterContext Context { get; } = context;

    /// <summary>The folder that relative paths mean; null where it is not known.</summary>
    public string? Folder { get; } = folder;

    public IReadOnlyList<Access> Accesses => _accesses;

    /// <exception cref="UnreadableInputException">The call has more accesses than a request carries.</exception>
    public void Add(Access access)
    {
        if (_accesses.Count == Wire.MaxAccesses)
        {
            throw new UnreadableInputException($"the call touches more than {Wire.MaxAccesses} things; split it into smaller calls");
        }

        _accesses.Add(_accesses.Count == 0 ? access with { Primary = true } : access);
    }

    /// <summary>Something that is not a file; null, empty or broken text makes the resource unknown.</summary>
    public void AddResource(string action, string? resource, string why, bool inert = false) =>
        Add(string.IsNullOrEmpty(resource) || resource.Contains('\0', StringComparison.Ordinal)
            ? UnknownAccess(action, why, inert)
            : new Access { Action = action, Resource = resource, Inert = inert });

    public void AddUnknown(string action, string why, bool inert = false) => Add(UnknownAccess(action, why, inert));

    /// <summary>A file or folder that the tool itself names: the client removes <c>..</c> from such paths by text.</summary>
    public void AddFile(string action, string? path, string why, bool inert = false, bool subtree = false, SubtreeFilter? filter = null)
    {
        var absolute = path is null ? null : PathResolver.Absolute(path, Folder, Context.Home);
        if (absolute is null)
        {
            AddUnknown(action, why, inert);
            return;
        }

        var written = PathResolver.Lexical(absolute);
        AddPath(action, written, written.Length == absolute.Length ? null : absolute, new PathUse { Inert = inert, Subtree = subtree, Filter = filter ?? SubtreeFilter.Everything });
    }

    /// <param name="action">What is done to it.</param>
    /// <param name="written">Absolute, without <c>..</c>.</param>
    /// <param name="unreduced">The same with its <c>..</c>, which means another file to the kernel (after symlinks) than by text; null: it has none.</param>
    /// <param name="use">How.</param>
    public void AddPath(string action, string written, string? unreduced, PathUse use)
    {
        var resolved = PathResolver.Resolve(Context.Paths, written);
        var physical = unreduced is null ? resolved : PathResolver.Resolve(Context.Paths, unreduced);

        // A name that is no Unicode has no text that would name this file and no other.
        if (resolved.ThroughProcess || physical.ThroughProcess || written.Contains('\uFFFD', StringComparison.Ordinal) || !PathResolver.IsWellFormed(written))
        {
            Add(UnknownAccess(action, "path.through-process", use.Inert) with { By = use.By });
            return;
        }

        AddPlace(action, written, resolved.Real, use);
        if (physical.Real is not null && physical.Real != resolved.Real) AddPlace(action, physical.Real, physical.Real, use);
    }

    /// <summary>What the call's subtrees were looked through by; null: there were none, or nothing to look for.</summary>
    public string? Walk => _walk?.Id;

    private void AddPlace(string action, string written, string? real, PathUse use)
    {
        var access = FileAccess(action, written, real, use.Inert, use.Subtree) with { By = use.By, Why = use.Why };
        if (!use.Subtree)
        {
            Add(access);
            return;
        }

        _walk ??= Context.Walk?.Invoke() is { } names ? new SubtreeWalks(Context.Paths, names) : null;
        if (_walk?.Of(written, real, use) is not { } found)
        {
            Add(access);
            return;
        }

        Add(access with { Walked = true });

        // The subtree's own access needs the allow; these are for the rules against single files in it.
        foreach (var file in found.Meant) AddFound(FileAccess(action, file, PathResolver.Resolve(Context.Paths, file).Real, inert: true) with { By = use.By, Why = "path.in-subtree" });
        foreach (var link in found.Outside)
        {
            AddFound(FileAccess(action, link.Target, link.Target, use.Inert, link.IsFolder) with { By = use.By, Why = "path.linked-from-subtree" });
        }
    }

    // Several commands of a line may walk the same folder.
    private void AddFound(Access access)
    {
        if (_found.Add((access.Action, access.Resource, access.By))) Add(access);
    }

    public static Access FileAccess(string action, string written, string? real, bool inert, bool subtree = false) =>
        new() { Action = action, Resource = written, Real = real, Inert = inert, Subtree = subtree };

    private static Access UnknownAccess(string action, string why, bool inert) =>
        new() { Action = action, Resource = Access.UnknownResource, Unknown = true, Inert = inert, Why = why };
}
