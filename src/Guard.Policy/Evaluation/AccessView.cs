using System.Collections.Immutable;
using Guard.Policy.Diagnostics;
using Guard.Policy.Matching;

namespace Guard.Policy.Evaluation;

/// <summary>One access with its spellings, as rules see it.</summary>
internal sealed class AccessView
{
    // Most accesses are never named in a message.
    private string? _shown;

    private AccessView(RequestedAccess access, int index, ResourceKinds kind, ImmutableArray<Spelling> exact, ImmutableArray<Spelling> generous, string? uncoverable)
    {
        (Access, Index, Kind, Exact, Generous, Uncoverable) = (access, index, kind, exact, generous, uncoverable);
    }

    public RequestedAccess Access { get; }
    public int Index { get; }
    public ResourceKinds Kind { get; }

    /// <summary>Every spelling that an allow must cover.</summary>
    public ImmutableArray<Spelling> Exact { get; }

    /// <summary>Every spelling that a deny, approve or ask tries.</summary>
    public ImmutableArray<Spelling> Generous { get; }

    /// <summary>Subtrees: the folder itself, without what lies in it.</summary>
    public ImmutableArray<Spelling> RootAlone { get; private init; } = [];

    /// <summary>Commands with words that are not known: what is known of their beginning.</summary>
    public ImmutableArray<Spelling> Beginnings { get; private init; } = [];

    /// <summary>A simple command's shape; null for everything else.</summary>
    public RequestedCommand? Command { get; private init; }

    public bool IsWalked => Access is { Subtree: true, Walked: true };

    /// <summary>Why no allow with a resource condition can cover it, or null.</summary>
    public string? Uncoverable { get; }

    /// <summary>The resource for messages: below the workspace as <c>./x</c>, below the home folder as <c>~/x</c>.</summary>
    public string ShownResource => _shown ??= Show();

    /// <summary>What only <c>shell.unresolved</c> or an allow for everything can let pass.</summary>
    public bool IsUnresolved => !Access.Inert && (Access.Unknown || IsOpaque);

    public bool IsOpaque => string.Equals(Access.Action, "execute:opaque", StringComparison.OrdinalIgnoreCase);

    /// <summary>What <c>defaultEffect: allow</c> never covers.</summary>
    public bool IsBeyondDefaultAllow => IsUnresolved || string.Equals(Access.Action, "execute:code", StringComparison.OrdinalIgnoreCase);

    public static AccessView From(RequestedAccess access, int index, PathAnchors anchors)
    {
        var kind = ResourceKindOf.Action(access.Action);
        if (access.Unknown)
        {
            return new AccessView(access, index, kind, [], [], "its resource cannot be known");
        }

        switch (kind)
        {
            case ResourceKinds.File:
                return OfFile(access, index, anchors);
            case ResourceKinds.Command:
                return OfCommand(access, index);
            default:
                ImmutableArray<Spelling> one =
                [
                    kind switch
                    {
                        ResourceKinds.Web => Spelling.OfWeb(access.Resource),
                        ResourceKinds.Network => Spelling.OfNetwork(access.Resource),
                        _ => Spelling.OfText(access.Resource),
                    },
                ];
                return new AccessView(access, index, kind, one, one, null);
        }
    }

    private static AccessView OfCommand(RequestedAccess access, int index)
    {
        ImmutableArray<Spelling> commands = [Spelling.OfCommand(access.Resource)];
        var all = access.Canonical is { } canonical && canonical != access.Resource ? commands.Add(Spelling.OfCommand(canonical)) : commands;
        var open = access.Command is { Open: true };
        ImmutableArray<Spelling> beginnings = open ? [.. all.Select(s => Spelling.OfBeginning(KnownBeginning(s.Text)))] : [];
        return new AccessView(access, index, ResourceKinds.Command, open ? beginnings[..1] : commands, all, null)
        {
            Command = access.Command ?? Rough(access),
            Beginnings = beginnings,
        };
    }

    // A question mark of a word itself stands in quotes; to cut there as well only knows less.
    private static string KnownBeginning(string normal)
    {
        var at = normal.IndexOf('?', StringComparison.Ordinal);
        return at < 0 ? normal : normal[..at];
    }

    // A command that is stated by hand, by its words alone.
    private static RequestedCommand? Rough(RequestedAccess access)
    {
        if (access.Words is not { Count: > 0 } words)
        {
            return null;
        }

        var arguments = new string[words.Count - 1];
        List<string>? flags = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = words[i + 1];
            if (arguments[i] is ['-', _, ..])
            {
                AddRoughFlags(arguments[i], flags ??= []);
            }
        }

        return new RequestedCommand
        {
            Program = words[0][(words[0].LastIndexOf('/') + 1)..],
            OnPath = !words[0].Contains('/', StringComparison.Ordinal),
            Flags = flags is null ? [] : flags,
            Arguments = arguments,
        };
    }

    private static void AddRoughFlags(string word, List<string> flags)
    {
        var sign = word.IndexOf('=', StringComparison.Ordinal);
        flags.Add(sign < 0 ? word : word[..sign]);
        for (var i = 1; word[1] != '-' && i < word.Length; i++)
        {
            flags.Add("-" + word[i]);
        }
    }

    private static AccessView OfFile(RequestedAccess access, int index, PathAnchors anchors)
    {
        var written = Resolve(access.Resource, anchors);
        var real = access.Real == access.Resource && access.Resource.StartsWith('/') ? written : AbsolutePath.Parse(access.Real);
        var uncoverable = written is null ? "its path is not absolute" : real is null ? "its real path (symlinks resolved) is not known" : null;

        // What cannot be placed is judged by its own words, so that a deny for `**/.env` still finds it.
        written ??= AbsolutePath.Parse("/" + access.Resource)!;
        var spellings = ImmutableArray.Create(Spelling.OfFile(written, isReal: false, access.Subtree, anchors));

        // One spelling says all where nothing on the way is a symlink.
        if (real is not null && !(ReferenceEquals(real, written) && anchors.AreReal))
        {
            spellings = spellings.Add(Spelling.OfFile(real, isReal: true, access.Subtree, anchors));
        }

        var alone = access.Subtree
            ? spellings.Select(s => Spelling.OfFile(s.Path!, s.IsReal, subtree: false, anchors)).ToImmutableArray()
            : [];
        return new AccessView(access, index, ResourceKinds.File, spellings, spellings, uncoverable) { RootAlone = alone };
    }

    private static AbsolutePath? Resolve(string resource, PathAnchors anchors)
    {
        if (resource.StartsWith('/'))
        {
            return AbsolutePath.Parse(resource);
        }

        if (resource == "~" || resource.StartsWith("~/", StringComparison.Ordinal))
        {
            return anchors.Homes.IsEmpty ? null : AbsolutePath.Parse(anchors.Homes[0].Written.Text + resource[1..]);
        }

        return anchors.Workspace is { } workspace ? AbsolutePath.Parse($"{workspace.Written.Text}/{resource}") : null;
    }

    private string Show()
    {
        // What cannot be known is described by whoever stated it.
        if (Access.Unknown)
        {
            return Access.Resource;
        }

        if (Kind != ResourceKinds.File)
        {
            return Shown.Text(Access.Resource);
        }

        var (path, anchors) = (Exact[0].Path!, Exact[0].Anchors!);
        var text = Below(path, anchors, home: false, ".") ?? Below(path, anchors, home: true, "~") ?? path.Text;
        return Shown.Text(Access.Subtree ? text.TrimEnd('/') + "/**" : text);
    }

    private static string? Below(AbsolutePath path, PathAnchors anchors, bool home, string name)
    {
        foreach (var folder in anchors.Bases(home, realPath: false, generous: false))
        {
            if (path.IsAtOrBelow(folder, ignoreCase: false))
            {
                return path.Below(folder) is { IsEmpty: false } below ? string.Concat(name, "/", below) : name;
            }
        }

        return null;
    }
}
