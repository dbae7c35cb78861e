using Guard.Agents.Paths;
using Guard.Protocol;

namespace Guard.Agents;

/// <summary>Collects the accesses of one tool call and resolves their paths. The first one added is the primary access.</summary>
internal sealed class AccessList(AdapterContext context, string? folder)
{
    private readonly List<Access> _accesses = [];

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
    public void AddFile(string action, string? path, string why, bool inert = false, bool subtree = false)
    {
        var absolute = path is null ? null : PathResolver.Absolute(path, Folder, Context.Home);
        if (absolute is null)
        {
            AddUnknown(action, why, inert);
            return;
        }

        // A path with `..` in it means another file to the client (by text) than to the kernel (after symlinks).
        var written = PathResolver.Lexical(absolute);
        var resolved = PathResolver.Resolve(Context.Paths, written);
        var physical = written.Length == absolute.Length ? resolved : PathResolver.Resolve(Context.Paths, absolute);
        if (resolved.ThroughProcess || physical.ThroughProcess)
        {
            AddUnknown(action, "path.through-process", inert);
            return;
        }

        Add(FileAccess(action, written, resolved.Real, inert, subtree));
        if (physical.Real is not null && physical.Real != resolved.Real) Add(FileAccess(action, physical.Real, physical.Real, inert, subtree));
    }

    public static Access FileAccess(string action, string written, string? real, bool inert, bool subtree = false) =>
        new() { Action = action, Resource = written, Real = real, Inert = inert, Subtree = subtree };

    private static Access UnknownAccess(string action, string why, bool inert) =>
        new() { Action = action, Resource = Access.UnknownResource, Unknown = true, Inert = inert, Why = why };
}
