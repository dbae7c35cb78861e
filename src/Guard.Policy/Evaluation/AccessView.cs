using System.Collections.Immutable;
using Guard.Policy.Diagnostics;
using Guard.Policy.Matching;

namespace Guard.Policy.Evaluation;

/// <summary>One access with its spellings, as rules see it.</summary>
internal sealed class AccessView
{
    private AccessView(RequestedAccess access, int index, ResourceKinds kind, ImmutableArray<Spelling> exact, ImmutableArray<Spelling> generous, string? uncoverable, string shown)
    {
        (Access, Index, Kind, Exact, Generous, Uncoverable, ShownResource) = (access, index, kind, exact, generous, uncoverable, shown);
    }

    public RequestedAccess Access { get; }
    public int Index { get; }
    public ResourceKinds Kind { get; }

    /// <summary>Every spelling that an allow must cover.</summary>
    public ImmutableArray<Spelling> Exact { get; }

    /// <summary>Every spelling that a deny, approve or ask tries.</summary>
    public ImmutableArray<Spelling> Generous { get; }

    /// <summary>Why no allow with a resource condition can cover it, or null.</summary>
    public string? Uncoverable { get; }

    /// <summary>The resource for messages: below the workspace as <c>./x</c>, below the home folder as <c>~/x</c>.</summary>
    public string ShownResource { get; }

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
            return new AccessView(access, index, kind, [], [], "its resource cannot be known", access.Resource);
        }

        switch (kind)
        {
            case ResourceKinds.File:
                return OfFile(access, index, anchors);
            case ResourceKinds.Command:
                ImmutableArray<Spelling> commands = [Spelling.OfCommand(access.Resource)];
                var more = access.Canonical is { } canonical ? commands.Add(Spelling.OfCommand(canonical)) : commands;
                return new AccessView(access, index, kind, commands, more, null, Shown.Text(access.Resource));
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
                return new AccessView(access, index, kind, one, one, null, Shown.Text(access.Resource));
        }
    }

    private static AccessView OfFile(RequestedAccess access, int index, PathAnchors anchors)
    {
        var written = Resolve(access.Resource, anchors);
        var real = AbsolutePath.Parse(access.Real);
        var uncoverable = written is null ? "its path is not absolute" : real is null ? "its real path (symlinks resolved) is not known" : null;

        // What cannot be placed is judged by its own words, so that a deny for `**/.env` still finds it.
        written ??= AbsolutePath.Parse("/" + access.Resource)!;
        var spellings = ImmutableArray.Create(Spelling.OfFile(written, isReal: false, access.Subtree, anchors));
        if (real is not null)
        {
            spellings = spellings.Add(Spelling.OfFile(real, isReal: true, access.Subtree, anchors));
        }

        return new AccessView(access, index, ResourceKinds.File, spellings, spellings, uncoverable, Show(written, access, anchors));
    }

    private static AbsolutePath? Resolve(string resource, PathAnchors anchors)
    {
        if (resource.StartsWith('/'))
        {
            return AbsolutePath.Parse(resource);
        }

        if (resource == "~" || resource.StartsWith("~/", StringComparison.Ordinal))
        {
            return anchors.Homes.Count == 0 ? null : AbsolutePath.Parse(anchors.Homes[0].Written.Text + resource[1..]);
        }

        return anchors.Workspace is null ? null : AbsolutePath.Parse($"{anchors.Workspace.Written.Text}/{resource}");
    }

    private static string Show(AbsolutePath path, RequestedAccess access, PathAnchors anchors)
    {
        var text = path.Text;
        if (anchors.Bases(home: false, realPath: false, generous: false).FirstOrDefault(b => path.IsAtOrBelow(b, ignoreCase: false)) is { } workspace)
        {
            text = path.Below(workspace) is { Length: > 0 } below ? "./" + below : ".";
        }
        else if (anchors.Bases(home: true, realPath: false, generous: false).FirstOrDefault(b => path.IsAtOrBelow(b, ignoreCase: false)) is { } home)
        {
            text = path.Below(home) is { Length: > 0 } below ? "~/" + below : "~";
        }

        return Shown.Text(access.Subtree ? text.TrimEnd('/') + "/**" : text);
    }
}
