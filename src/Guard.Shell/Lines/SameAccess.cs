namespace Guard.Shell.Lines;

/// <summary>Accesses of one command that say the same to a policy, wherever in the line they come from; each opaque part is one of its own.</summary>
internal sealed class SameAccess : IEqualityComparer<LineAccess>
{
    private SameAccess()
    {
    }

    public static SameAccess Instance { get; } = new();

    public bool Equals(LineAccess? x, LineAccess? y) =>
        ReferenceEquals(x, y)
        || (x is not null && y is not null
            && x.Command == y.Command
            && x.Subtree == y.Subtree
            && x.Inert == y.Inert
            && x.Runs == y.Runs
            && string.Equals(x.Action, y.Action, StringComparison.Ordinal)
            && string.Equals(x.Resource, y.Resource, StringComparison.Ordinal)
            && string.Equals(x.Path, y.Path, StringComparison.Ordinal)
            && string.Equals(x.Written, y.Written, StringComparison.Ordinal)
            && string.Equals(x.Why, y.Why, StringComparison.Ordinal)
            && (x.Why is null || x.Span == y.Span)
            && (ReferenceEquals(x.Filter, y.Filter) || x.Filter.Equals(y.Filter)));

    public int GetHashCode(LineAccess access) => HashCode.Combine(access.Command, string.GetHashCode(access.Resource, StringComparison.Ordinal), access.Action.Length);
}
